/** The hovered sample in detail, from the kernel: input, reconstruction, residual, posterior. */

import { LatestRequest, type Sender } from "../../kernel/latest_request.ts";
import type { Covariance, DetailAnswer } from "../state/protocol.ts";
import { Tiles } from "../../kernel/atlas.ts";

export interface Detail {
  index: number;
  tiles: Tiles;
  text: string;
  covariance: Covariance | null;
}

// A pointer that sweeps over points asks for none of them.
const SETTLED = 120;

export class HoverDetail {
  readonly #request: LatestRequest<{ index: number }>;
  readonly #changed: () => void;
  #detail: Detail | null = null;
  #wanted = -1;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #alive = true;

  constructor(ask: (question: { index: number } & Sender) => void, changed: () => void) {
    this.#request = new LatestRequest(ask);
    this.#changed = changed;
  }

  /** The detail of a sample; null while it is on its way. */
  find(index: number): Detail | null {
    if (this.#detail?.index === index) return this.#detail;
    if (index !== this.#wanted) {
      this.#wanted = index;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#request.ask({ index }), SETTLED);
    }
    return null;
  }

  /** Returns the error of the kernel, if any. */
  async take(answer: Partial<DetailAnswer>): Promise<string> {
    this.#request.answered(answer);
    const { index = -1, text = "", covariance = [], error = "" } = answer;
    const tiles = answer.tiles && !error ? await Tiles.load(answer.tiles) : null;
    if (!this.#alive) tiles?.close();
    if (!this.#alive || (!tiles && index >= 0)) return error;
    this.#detail?.tiles.close();
    // Without a sample it is the news that what is here is of another plane.
    const ellipse = covariance.length ? covariance : null;
    this.#detail = tiles && { index, tiles, text, covariance: ellipse };
    if (!tiles) this.#wanted = -1;
    this.#changed();
    return "";
  }

  close(): void {
    this.#alive = false;
    clearTimeout(this.#timer);
    this.#request.stop();
    this.#detail?.tiles.close();
  }
}
