/** Steps along each coordinate that is not shown, and along the attribute, decoded beforehand for the
 * sliders of the page. */

import { LatestRequest } from "../../kernel/latest_request.ts";
import { readArray } from "../../kernel/arrays.ts";
import type { Point } from "../../canvas/geometry.ts";
import type { Answer, FromPage } from "../../kernel/messages.ts";
import type { Model } from "../state/model.ts";
import { Tiles, type TileRef } from "../../kernel/atlas.ts";

const ATTRIBUTE = -1;

export class Traversals {
  readonly #model: Model;
  readonly #request: LatestRequest<"traversals">;
  #have: { answer: FromPage["traversals"]["answer"]; tiles: Tiles } | null = null;
  /** The answer whose tiles are loaded now. */
  #loading: Answer<"traversals"> | null = null;
  #alive = true;

  constructor(model: Model) {
    this.#model = model;
    this.#request = new LatestRequest(model, "traversals", (answer) => void this.#take(answer));
  }

  /** The step nearest to the place on the plane, if only this coordinate has changed since. */
  find(index: number, place: Point): TileRef | null {
    const here = this.#coordinates(place);
    const elsewhere = this.#have?.answer.base.some((value, i) => i !== index && value !== here[i]);
    return elsewhere ? null : this.#step(index, here[index]);
  }

  /** The step nearest to the picked vector plus `value` times the attribute. */
  along(value: number): TileRef | null {
    return this.#onLine() ? this.#step(ATTRIBUTE, value) : null;
  }

  /** Have the steps from a place decoded, unless they are here. */
  ask(place: Point): void {
    const model = this.#model;
    const here = this.#coordinates(place);
    const rows = this.#have?.answer.rows.map(({ index }) => index) ?? [];
    const same = this.#have?.answer.base.every((value, i) => value === here[i]);
    const listed = model.get("_axes").length > model.get("dims").length && model.get("_dims_shown");
    const movable = model.get("attribute").shape[0] > 0 && model.get("_pick").at;
    const line = movable && model.get("_save_shown");
    const missing =
      (listed && !(same && rows.some((index) => index >= 0))) || (line && !this.#onLine());
    if (missing) this.#request.send({ at: [place.x, place.y] });
  }

  /** Drop the steps, and pending ones: they belong to another plane. */
  forget(): void {
    this.#request.drop();
    void this.#take({});
  }

  close(): void {
    this.#alive = false;
    this.#request.close();
    this.#have?.tiles.close();
  }

  async #take(answer: Answer<"traversals">): Promise<void> {
    this.#loading = answer;
    const tiles = answer.rows?.length ? await Tiles.load(answer.tiles!) : null;
    if (!this.#alive || this.#loading !== answer) return tiles?.close();
    this.#have?.tiles.close();
    this.#have = tiles && { answer: answer as FromPage["traversals"]["answer"], tiles };
  }

  /** Whether the steps along the attribute start at what is picked. */
  #onLine(): boolean {
    const [from, attribute] = this.#have?.answer.line ?? [];
    const base = this.#model.get("_pick").base;
    const here = readArray(this.#model.get("attribute"));
    return Boolean(
      attribute?.every((value, i) => value === here[i]) &&
        from?.every((value, i) => value === base?.[i]),
    );
  }

  #step(index: number, value: number): TileRef | null {
    const row = this.#have?.answer.rows.findIndex((each) => each.index === index) ?? -1;
    if (!this.#have || row < 0) return null;
    const { answer, tiles } = this.#have;
    const { low, high } = answer.rows[row];
    const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
    return { tiles, index: row * answer.steps + Math.round(share * (answer.steps - 1)) };
  }

  #coordinates({ x, y }: Point): Float32Array {
    const here = readArray(this.#model.get("slice_at")).slice();
    this.#model.get("dims").forEach((dim, i) => (here[dim] = [x, y][i]));
    return here;
  }
}
