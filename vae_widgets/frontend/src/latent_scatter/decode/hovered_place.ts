/** The place under the pointer, decoded by the kernel once the pointer rests. */

import { LatestRequest, type Sender } from "../../kernel/latest_request.ts";
import type { Point } from "../../canvas/geometry.ts";
import { Tiles, type TileRef } from "../../kernel/atlas.ts";
import type { PlaceAnswer, PlaceQuestion } from "../state/protocol.ts";

export interface Decoded {
  shown: TileRef;
  offData: boolean;
}

// A pointer that sweeps over the plane asks for nothing.
const SETTLED = 120;

export class HoverPlace {
  /** Where the pointer is on the plane, null if it is not there. */
  place: Point | null = null;
  /** The kernel's picture of the place, null while it is on its way. */
  decoded: Decoded | null = null;
  readonly #request: LatestRequest<PlaceQuestion>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #alive = true;

  constructor(ask: (question: PlaceQuestion & Sender) => void) {
    this.#request = new LatestRequest(ask);
  }

  move(place: Point | null): void {
    this.place = place;
    this.#drop();
    clearTimeout(this.#timer);
    if (!place) return;
    this.#timer = setTimeout(() => this.#request.ask({ at: [place.x, place.y] }), SETTLED);
  }

  /** True if there is news; of an answer for another place there is none. */
  async take(answer: Partial<PlaceAnswer>): Promise<boolean> {
    if (answer.page !== this.#request.page) return false;
    this.#request.answered(answer);
    if (!answer.tiles || answer.error || !this.#isHere(answer)) return false;
    const tiles = await Tiles.load(answer.tiles);
    if (!this.#alive || !this.#isHere(answer)) {
      tiles.close();
      return false;
    }
    this.#drop();
    this.decoded = { shown: { tiles, index: 0 }, offData: answer.off_data === true };
    return true;
  }

  close(): void {
    this.#alive = false;
    clearTimeout(this.#timer);
    this.#request.stop();
    this.#drop();
  }

  #isHere({ at }: Partial<PlaceAnswer>): boolean {
    return at?.[0] === this.place?.x && at?.[1] === this.place?.y;
  }

  #drop(): void {
    this.decoded?.shown.tiles.close();
    this.decoded = null;
  }
}
