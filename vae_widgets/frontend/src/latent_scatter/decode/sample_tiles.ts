/** The pictures of samples: all in one atlas, or one by one from the kernel where they are many. */

import { LatestRequest, type Sender } from "../../kernel/latest_request.ts";
import { Tiles, type WireAtlas } from "../../kernel/atlas.ts";
import type { TileAnswer } from "../state/protocol.ts";

const KEPT = 500;
// A pointer that sweeps over points asks for none of them.
const SETTLED = 60;

export class SampleTiles {
  readonly #request: LatestRequest<{ index: number }>;
  readonly #changed: () => void;
  #all: Tiles | null = null;
  #single = new Map<number, Tiles>();
  #refused = new Set<number>();
  #wanted = -1;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ask: (question: { index: number } & Sender) => void, changed: () => void) {
    this.#request = new LatestRequest(ask);
    this.#changed = changed;
  }

  async load(atlas: WireAtlas | Record<string, never>): Promise<void> {
    if (!("png" in atlas)) return;
    this.#all = await Tiles.load(atlas as WireAtlas);
    this.#changed();
  }

  /** The tile of a sample and its place in it; null while it is on its way. */
  find(index: number): { tiles: Tiles; index: number } | null {
    if (this.#all) return { tiles: this.#all, index };
    const tiles = this.#single.get(index);
    if (tiles) return { tiles, index: 0 };
    if (index >= 0 && !this.#refused.has(index) && index !== this.#wanted) {
      this.#wanted = index;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#request.ask({ index }), SETTLED);
    }
    return null;
  }

  /** Returns the error of the kernel, if any. A tile that comes late is still a good tile. */
  async arrived(answer: TileAnswer): Promise<string> {
    this.#request.answered(answer);
    if (this.#wanted === answer.index) this.#wanted = -1;
    if (answer.error) this.#refused.add(answer.index);
    else if (answer.tiles) {
      this.#single.set(answer.index, await Tiles.load(answer.tiles));
      if (this.#single.size > KEPT) this.#drop(this.#single.keys().next().value!);
    }
    this.#changed();
    return answer.error;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#request.stop();
    this.#all?.close();
    for (const index of [...this.#single.keys()]) this.#drop(index);
  }

  #drop(index: number): void {
    this.#single.get(index)?.close();
    this.#single.delete(index);
  }
}
