/** The pictures of the picked place, beside a scatter. */

import { DetailText } from "../../controls/detail_text.ts";
import { pixelRatio } from "../../canvas/scale.ts";
import { element } from "../../controls/shell.ts";
import type { TileRef } from "../../kernel/atlas.ts";

/** A square that shows one tile. */
export class TileView {
  readonly canvas = element("canvas", "vw-scatter-tile vw-scatter-no-tile");
  readonly #side: number;

  constructor(side: number) {
    this.#side = side;
    this.canvas.style.width = this.canvas.style.height = `${side}px`;
  }

  show(shown: TileRef | null): void {
    const pixels = Math.round(this.#side * pixelRatio(this.canvas));
    if (this.canvas.width !== pixels) this.canvas.width = this.canvas.height = pixels;
    const context = this.canvas.getContext("2d")!;
    context.clearRect(0, 0, pixels, pixels);
    this.canvas.classList.toggle("vw-scatter-no-tile", !shown);
    shown?.tiles.draw(context, shown.index, 0, 0, pixels, pixels);
  }
}

export interface PickedState {
  decoded: TileRef | null;
  decodedCaption: string;
  /** Whether the place is far from all data, so that the decoded picture is a guess. */
  offData: boolean;
  sample: TileRef | null;
  sampleCaption: string;
  /** The class of the sample. */
  label: string;
  place: string;
  /** The renderer's HTML about the decoded sample. */
  text?: string;
}

/** The decoded picture next to its own sample, or next to the nearest one. */
export class PickedView {
  readonly root = element("div", "vw-picked");
  readonly #views = [new TileView(88), new TileView(88)];
  readonly #captions = [element("figcaption", ""), element("figcaption", "")];
  readonly #label = element("div", "vw-picked-label");
  readonly #place = element("div", "vw-picked-place");
  readonly #text = new DetailText("vw-picked-text");

  constructor() {
    const pair = element("div", "vw-picked-pair");
    this.#views.forEach((view, i) => {
      const figure = element("figure", "vw-picked-figure");
      figure.append(view.canvas, this.#captions[i]);
      pair.append(figure);
    });
    this.#views[0].canvas.dataset.role = "decoded";
    this.#views[1].canvas.dataset.role = "sample";
    const name = element("span");
    this.#label.append(name);
    this.root.append(pair, this.#label, this.#place, this.#text.root);
  }

  show(state: PickedState): void {
    this.#views[0].show(state.decoded);
    this.#views[1].show(state.sample);
    this.#captions[0].textContent = state.decodedCaption + (state.offData ? "\nfar from data" : "");
    this.#captions[0].classList.toggle("vw-off-data", state.offData);
    this.#captions[1].textContent = state.sampleCaption;
    this.#label.firstElementChild!.textContent = this.#label.title = state.label;
    this.#place.textContent = state.place;
    this.#text.show(state.text ?? "");
  }
}

