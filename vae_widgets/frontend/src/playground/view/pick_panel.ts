/** What a place on the plane decodes to, and what the network makes of the nearest sample. */

import type { Point } from "../../canvas/geometry.ts";
import { element } from "../../controls/shell.ts";
import { formatNumber } from "../../format/numbers.ts";
import type { Decoder } from "./decoder.ts";
import { TileFigure } from "./figure.ts";

export interface Nearest {
  /** Number of the sample in the data set. */
  row: number;
  /** Its class; empty without classes. */
  label: string;
  x: Float32Array;
}

export class PickPanel {
  readonly root = element("div", "vw-play-pick");
  readonly #decoded: TileFigure;
  readonly #sample: TileFigure;
  readonly #reconstruction: TileFigure;

  constructor() {
    const hint = "Move over the plane to decode each place. A click keeps the place while the network trains on.";
    this.root.append(element("p", "vw-play-hint", hint));
    const row = element("div", "vw-play-figures");
    this.root.append(row);
    this.#decoded = new TileFigure(row, "Decoded place");
    this.#sample = new TileFigure(row, "Nearest sample");
    this.#reconstruction = new TileFigure(row, "Its reconstruction");
  }

  show(place: Point, decoder: Decoder, nearest: Nearest | null): void {
    const z = Float32Array.of(place.x, place.y);
    const where = [place.x, place.y].map((value) => formatNumber(value, 2)).join(", ");
    this.#decoded.show(decoder.draw(decoder.decode(z)), `Decoded from (${where})`);
    if (!nearest) return;
    const label = nearest.label && `, class ${nearest.label}`;
    this.#sample.show(decoder.draw(nearest.x), `Nearest: sample ${nearest.row}${label}`);
    this.#reconstruction.show(decoder.draw(decoder.reconstruct(nearest.x)));
  }

  close(): void {
    for (const figure of [this.#decoded, this.#sample, this.#reconstruction]) figure.close();
  }
}
