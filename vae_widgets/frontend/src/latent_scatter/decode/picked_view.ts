/** The pictures beside a scatter (what was picked) and at its pointer (what is hovered). */

import { DetailText } from "../../controls/detail_text.ts";
import type { Point } from "../../controls/gestures.ts";
import { element } from "../../controls/shell.ts";
import type { Tiles } from "../../kernel/atlas.ts";

export interface Shown {
  tiles: Tiles;
  index: number;
}

/** A square that shows one tile. */
class TileView {
  readonly canvas = element("canvas", "vw-scatter-tile");
  readonly #side: number;

  constructor(side: number) {
    this.#side = side;
    this.canvas.style.width = this.canvas.style.height = `${side}px`;
  }

  show(shown: Shown | null): void {
    const pixels = Math.round(this.#side * (window.devicePixelRatio || 1));
    if (this.canvas.width !== pixels) this.canvas.width = this.canvas.height = pixels;
    const context = this.canvas.getContext("2d")!;
    context.clearRect(0, 0, pixels, pixels);
    shown?.tiles.draw(context, shown.index, 0, 0, pixels, pixels);
  }
}

export interface PickedState {
  decoded: Shown | null;
  decodedCaption: string;
  /** The decoded picture is a guess: there is no data near. */
  far: boolean;
  sample: Shown | null;
  sampleCaption: string;
  place: string;
  /** What the renderer says of what was decoded, as HTML. */
  text?: string;
}

/** The decoded picture next to the sample that it reconstructs or lies nearest to. */
export class PickedView {
  readonly root = element("div", "vw-picked");
  readonly #views = [new TileView(88), new TileView(88)];
  readonly #captions = [element("figcaption", ""), element("figcaption", "")];
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
    this.root.append(pair, this.#place, this.#text.root);
  }

  show(state: PickedState): void {
    this.#views[0].show(state.decoded);
    this.#views[1].show(state.sample);
    this.#captions[0].textContent = state.decodedCaption + (state.far ? "\nfar from data" : "");
    this.#captions[0].classList.toggle("vw-far", state.far);
    this.#captions[1].textContent = this.#captions[1].title = state.sampleCaption;
    this.#place.textContent = state.place;
    this.#text.show(state.text ?? "");
  }
}

const DETAILS = ["input", "reconstruction", "residual"];

/** A sample and its name beside its point; its reconstruction and the residual when they come. */
export class Tooltip {
  readonly root = element("div", "vw-tooltip");
  readonly #views = DETAILS.map(() => new TileView(76));
  readonly #text = element("div", "vw-tooltip-text");
  readonly #detail = new DetailText("vw-tooltip-detail");

  constructor() {
    this.root.setAttribute("role", "tooltip");
    this.root.hidden = true;
    const row = element("div", "vw-tooltip-pictures");
    this.#views.forEach((view, i) => {
      const figure = element("figure", "");
      const caption = element("figcaption", "");
      view.canvas.dataset.role = caption.textContent = DETAILS[i];
      figure.append(view.canvas, caption);
      row.append(figure);
    });
    this.root.append(this.#text, row, this.#detail.root);
  }

  hide(): void {
    this.root.hidden = true;
  }

  /** Say of the sample what the renderer says, as HTML. */
  describe(text: string): void {
    this.#detail.show(text);
  }

  /** Beside the point, inside the frame of `width` and `height`. */
  show(shown: (Shown | null)[], lines: string[], at: Point, width: number, height: number): void {
    this.#views.forEach((view, i) => view.show(shown[i]));
    this.#text.textContent = lines.join("\n");
    this.root.hidden = false;
    const { offsetWidth, offsetHeight } = this.root;
    const right = at.x + 14 + offsetWidth <= width;
    const x = right ? at.x + 14 : at.x - 14 - offsetWidth;
    const y = Math.min(height - offsetHeight, at.y - offsetHeight / 2);
    this.root.style.transform = `translate(${Math.max(0, x)}px, ${Math.max(0, y)}px)`;
  }
}
