/** The tiles of samples: all in one atlas, or requested one by one if there are many. */

import { LatestRequest } from "../../kernel/latest_request.ts";
import type { Answer } from "../../kernel/messages.ts";
import { Tiles, type WireAtlas } from "../../kernel/atlas.ts";
import type { Model } from "../state/model.ts";

const KEPT = 500;
// The pointer must rest on a sample for this time, in ms.
const SETTLED = 60;

export class SampleTiles {
  readonly #request: LatestRequest<"tile">;
  readonly #changed: () => void;
  readonly #failed: (error: string) => void;
  #all: Tiles | null = null;
  #single = new Map<number, Tiles>();
  #refused = new Set<number>();
  #wanted = -1;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(model: Model, changed: () => void, failed: (error: string) => void) {
    this.#request = new LatestRequest(model, "tile", (answer, { index }) => void this.#take(answer, index));
    this.#changed = changed;
    this.#failed = failed;
  }

  async load(atlas: WireAtlas | Record<string, never>): Promise<void> {
    if (!("png" in atlas)) return;
    this.#all = await Tiles.load(atlas as WireAtlas);
    this.#changed();
  }

  /** The tile of a sample; null while it is pending. */
  find(index: number): { tiles: Tiles; index: number } | null {
    if (this.#all) return { tiles: this.#all, index };
    const tiles = this.#single.get(index);
    if (tiles) return { tiles, index: 0 };
    if (index >= 0 && !this.#refused.has(index) && index !== this.#wanted) {
      this.#wanted = index;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#request.send({ index }), SETTLED);
    }
    return null;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#request.close();
    this.#all?.close();
    for (const index of [...this.#single.keys()]) this.#drop(index);
  }

  /** A late tile is kept as well. */
  async #take({ tiles, error }: Answer<"tile">, index: number): Promise<void> {
    if (this.#wanted === index) this.#wanted = -1;
    if (tiles) {
      this.#single.set(index, await Tiles.load(tiles));
      if (this.#single.size > KEPT) this.#drop(this.#single.keys().next().value!);
    } else this.#refused.add(index);
    this.#changed();
    if (error) this.#failed(error);
  }

  #drop(index: number): void {
    this.#single.get(index)?.close();
    this.#single.delete(index);
  }
}
