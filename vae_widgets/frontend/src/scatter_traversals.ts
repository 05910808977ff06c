/** Steps along each held coordinate, decoded beforehand: the answer to a slider in the page. */

import { Asking, type Sender } from "./asking.ts";
import { readArray } from "./arrays.ts";
import type { Point } from "./gestures.ts";
import type { Shown } from "./scatter_pictures.ts";
import type { Model } from "./scatter_state.ts";
import { change } from "./tell.ts";
import { Tiles, type WireAtlas } from "./tiles.ts";

export interface TraversalQuestion {
  /** The place on the plane from which the steps go. */
  at: [number, number];
}

export interface TraversalAnswer extends Sender {
  /** All coordinates of that place. */
  base: number[];
  /** The coordinates that are stepped along, and from where to where. */
  rows: { index: number; low: number; high: number }[];
  /** Number of steps of each. */
  steps: number;
  tiles: WireAtlas;
  error: string;
}

export class Traversals {
  private readonly model: Model;
  private readonly asking: Asking<TraversalQuestion>;
  private have: { answer: TraversalAnswer; tiles: Tiles } | null = null;
  private alive = true;

  constructor(model: Model) {
    this.model = model;
    this.asking = new Asking((question) => change(model, { _ask_traversals: question }));
  }

  /** The step nearest to the place as it is held now, if only this coordinate moved since. */
  find(index: number, place: Point): Shown | null {
    const row = this.have?.answer.rows.findIndex((each) => each.index === index) ?? -1;
    if (!this.have || row < 0) return null;
    const { answer, tiles } = this.have;
    const here = this.coordinates(place);
    if (answer.base.some((value, i) => i !== index && value !== here[i])) return null;
    const { low, high } = answer.rows[row];
    const share = Math.min(1, Math.max(0, (here[index] - low) / (high - low)));
    return { tiles, index: row * answer.steps + Math.round(share * (answer.steps - 1)) };
  }

  /** Have the steps from a place decoded, unless they are here. */
  ask(place: Point): void {
    const { model } = this;
    const held = model.get("_axes").length - model.get("dims").length;
    if (!held || !model.get("_dims_shown")) return;
    const here = this.coordinates(place);
    const known = this.have?.answer.base.every((value, i) => value === here[i]);
    if (!known) this.asking.ask({ at: [place.x, place.y] });
  }

  async take(): Promise<void> {
    const answer = this.model.get("_traversals");
    this.asking.answered(answer);
    const tiles = answer.rows?.length ? await Tiles.load(answer.tiles!) : null;
    if (!this.alive || this.model.get("_traversals") !== answer) return tiles?.close();
    this.have?.tiles.close();
    this.have = tiles && { answer: answer as TraversalAnswer, tiles };
  }

  close(): void {
    this.alive = false;
    this.asking.stop();
    this.have?.tiles.close();
  }

  private coordinates({ x, y }: Point): Float32Array {
    const here = readArray(this.model.get("held")).slice();
    this.model.get("dims").forEach((dim, i) => (here[dim] = [x, y][i]));
    return here;
  }
}
