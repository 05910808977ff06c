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
  /** The last search among all points, and its result: a place under the pointer is looked up again and again. */
  #search: unknown[] = [];
  #found = -1;

  constructor(model: Model, plot: ScatterPlot) {
    this.#model = model;
    this.#plot = plot;
  }

  /** The sample whose code is nearest to a place on the plane; -1 if all are hidden. */
  nearestTo(place: Point): number {
    // The y of a line is jitter, which has no meaning.
    return this.#nearest(place, isLine(this.#model));
  }

  /** The sample under a place in pixels; -1 for none. */
  at(place: Point): number {
    const { radius, viewport, scene } = this.#plot;
    if (!viewport.contains(place)) return -1;
    const nearest = this.#nearest(viewport.toPlane(place), false);
    if (nearest < 0) return -1;
    const { x, y } = viewport.toScreen(scene.positions[2 * nearest], scene.positions[2 * nearest + 1]);
    return Math.hypot(x - place.x, y - place.y) <= radius + HIT_SLACK ? nearest : -1;
  }

  /** The samples inside a closed shape, whose corners are in pixels. */
  inside(shape: Point[]): Uint32Array {
    const { scene, viewport } = this.#plot;
    const polygon = shape.map((at) => viewport.toPlane(at));
    return insidePolygon(scene.positions, polygon, this.#visible());
  }

  #nearest({ x, y }: Point, alongX: boolean): number {
    const { scene, viewport } = this.#plot;
    const { positions, levels } = scene;
    const scaleX = viewport.scaleX;
    const scaleY = alongX ? 0 : viewport.scaleY;
    const search = [x, y, scaleX, scaleY, positions, levels];
    if (search.some((value, i) => value !== this.#search[i])) {
      this.#found = nearestPoint(positions, { x, y }, scaleX, scaleY, this.#visible());
      this.#search = search;
    }
    return this.#found;
  }

  #visible(): (index: number) => boolean {
    const { levels } = this.#plot.scene; // read once: the test runs for every sample
    return (index) => levels[index] >= 0;
  }
}
