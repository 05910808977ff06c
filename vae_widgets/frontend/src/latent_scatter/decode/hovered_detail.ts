/** Details of the hovered sample from the kernel: input, reconstruction, residual, posterior. */

import { LatestRequest } from "../../kernel/latest_request.ts";
import type { Answer } from "../../kernel/messages.ts";
import type { Model } from "../state/model.ts";
import type { Covariance } from "../state/protocol.ts";
import { Tiles } from "../../kernel/atlas.ts";

export interface Detail {
  index: number;
  tiles: Tiles;
  text: string;
  covariance: Covariance | null;
}

// The pointer must rest on a sample for this time, in ms.
const SETTLED = 120;

export class HoveredDetail {
  readonly #request: LatestRequest<"detail">;
  readonly #changed: () => void;
  readonly #failed: (error: string) => void;
  #detail: Detail | null = null;
  #wanted = -1;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #alive = true;

  constructor(model: Model, changed: () => void, failed: (error: string) => void) {
    this.#request = new LatestRequest(model, "detail", (answer, { index }) => void this.#take(answer, index));
    this.#changed = changed;
    this.#failed = failed;
  }

  /** The detail of a sample; null while it is pending. */
  find(index: number): Detail | null {
    if (this.#detail?.index === index) return this.#detail;
    if (index !== this.#wanted) {
      this.#wanted = index;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#request.send({ index }), SETTLED);
    }
    return null;
  }

  /** Drop the detail, and a pending one: they belong to another plane. */
  forget(): void {
    this.#request.drop();
    this.#detail?.tiles.close();
    this.#detail = null;
    this.#wanted = -1;
  }

  close(): void {
    this.#alive = false;
    clearTimeout(this.#timer);
    this.#request.close();
    this.#detail?.tiles.close();
  }

  async #take(answer: Answer<"detail">, index: number): Promise<void> {
    if (answer.error) return this.#failed(answer.error);
    const tiles = await Tiles.load(answer.tiles!);
    if (!this.#alive || this.#wanted !== index) return tiles.close();
    this.#detail?.tiles.close();
    const { text = "", covariance } = answer;
    this.#detail = { index, tiles, text, covariance: covariance?.length ? covariance : null };
    this.#changed();
  }
}
