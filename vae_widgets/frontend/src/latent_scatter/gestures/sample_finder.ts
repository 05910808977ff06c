/** Finds samples by their place in a scatter. Samples that the legend hides are not found. */

import type { Point } from "../../canvas/geometry.ts";
import type { ScatterPlot } from "../plot/plot.ts";
import { isLine, type Model } from "../state/model.ts";
import { insidePolygon, nearestPoint } from "./lasso.ts";

// A sample also counts as hit this many pixels outside its disc.
const HIT_SLACK = 5;

export class SampleFinder {
  readonly #model: Model;
  readonly #plot: ScatterPlot;

  constructor(model: Model, plot: ScatterPlot) {
    this.#model = model;
    this.#plot = plot;
  }

  /** The sample whose code is nearest to a place on the plane; -1 if all are hidden. */
  nearestTo(place: Point): number {
    // The y of a line is jitter, which has no meaning.
    return this.#nearest(place, Infinity, isLine(this.#model));
  }

  /** The sample under a place in pixels; -1 for none. */
  at(place: Point): number {
    const { radius, viewport } = this.#plot;
    if (!viewport.contains(place)) return -1;
    return this.#nearest(viewport.toPlane(place), radius + HIT_SLACK, false);
  }

  /** The samples inside a closed shape, whose corners are in pixels. */
  inside(shape: Point[]): Uint32Array {
    const { scene, viewport } = this.#plot;
    const polygon = shape.map((at) => viewport.toPlane(at));
    return insidePolygon(scene.positions, polygon, this.#visible());
  }

  #nearest(place: Point, reach: number, alongX: boolean): number {
    const { scene, viewport } = this.#plot;
    const scaleY = alongX ? 0 : viewport.scaleY;
    return nearestPoint(scene.positions, place, viewport.scaleX, scaleY, reach, this.#visible());
  }

  #visible(): (index: number) => boolean {
    const { levels } = this.#plot.scene; // read once: the test runs for every sample
    return (index) => levels[index] >= 0;
  }
}
