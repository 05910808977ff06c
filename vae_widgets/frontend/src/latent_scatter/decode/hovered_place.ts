/** The place under the pointer, decoded in the page, or by the kernel once the pointer rests. */

import { LatestRequest } from "../../kernel/latest_request.ts";
import type { Answer } from "../../kernel/messages.ts";
import type { Model } from "../state/model.ts";
import type { Point } from "../../canvas/geometry.ts";
import { Tiles, type TileRef } from "../../kernel/atlas.ts";
import { PageDecoder } from "./page_decoder.ts";

export interface Decoded {
  shown: TileRef;
  offData: boolean;
}

// The pointer must rest for this time, in ms.
const SETTLED = 120;

export class HoveredPlace {
  /** The place of the pointer on the plane; null if it is elsewhere. */
  place: Point | null = null;
  /** The exact picture; null while it is pending. */
  decoded: Decoded | null = null;
  readonly #request: LatestRequest<"place">;
  readonly #changed: () => void;
  readonly #decoder: PageDecoder;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #alive = true;

  constructor(model: Model, changed: () => void) {
    this.#request = new LatestRequest(model, "place", (answer, { at }) => void this.#take(answer, at));
    this.#changed = changed;
    this.#decoder = PageDecoder.of(model);
  }

  move(place: Point | null): void {
    this.place = place;
    this.#drop();
    clearTimeout(this.#timer);
    if (!place) return;
    const send = () => this.#request.send({ at: [place.x, place.y] });
    if (this.#decoder.isQuick) send();
    else this.#timer = setTimeout(send, SETTLED);
  }

  close(): void {
    this.#alive = false;
    clearTimeout(this.#timer);
    this.#request.close();
    this.#drop();
  }

  async #take({ tiles: atlas, off_data }: Answer<"place">, [x, y]: [number, number]): Promise<void> {
    const isHere = () => this.#alive && x === this.place?.x && y === this.place?.y;
    if (!atlas || !isHere()) return;
    const tiles = await Tiles.load(atlas);
    if (!isHere()) return tiles.close();
    this.#drop();
    this.decoded = { shown: { tiles, index: 0 }, offData: off_data === true };
    this.#changed();
  }

  #drop(): void {
    this.decoded?.shown.tiles.close();
    this.decoded = null;
  }
}
