/** The tooltip of the hovered sample, next to its point. */

import { DetailText } from "../../controls/detail_text.ts";
import { cardBeside, type Point } from "../../canvas/geometry.ts";
import { element } from "../../controls/shell.ts";
import type { TileRef } from "../../kernel/atlas.ts";
import { TileView } from "../decode/picked_view.ts";

// Between a point and its card, in pixels; the largest points have a radius of 20.
const GAP = 14;
const DETAILS = ["input", "reconstruction", "residual"];

/** Shows a sample, its text, and its reconstruction and residual once they are there. */
export class Tooltip {
  readonly root = element("div", "vw-tooltip");
  readonly #views = DETAILS.map(() => new TileView(76));
  readonly #text = element("div", "vw-tooltip-text");
  readonly #detail = new DetailText("vw-tooltip-detail");

  constructor() {
    this.root.role = "tooltip";
    this.root.hidden = true;
    const row = element("div", "vw-tooltip-pictures");
    this.#views.forEach((view, i) => {
      const figure = element("figure");
      view.canvas.dataset.role = DETAILS[i];
      figure.append(view.canvas, element("figcaption", "", DETAILS[i]));
      row.append(figure);
    });
    this.root.append(this.#text, row, this.#detail.root);
  }

  hide(): void {
    this.root.hidden = true;
  }

  /** Show the renderer's HTML about the sample. */
  describe(text: string): void {
    this.#detail.show(text);
  }

  /** Show it beside the point, inside the frame of `width` and `height`. */
  show(shown: (TileRef | null)[], lines: string[], at: Point, width: number, height: number): void {
    this.#views.forEach((view, i) => {
      view.show(shown[i] ?? null);
      view.canvas.parentElement!.hidden = i >= shown.length;
    });
    this.#text.textContent = lines.join("\n");
    this.root.hidden = false;
    const card = { width: this.root.offsetWidth, height: this.root.offsetHeight };
    const { x, y } = cardBeside(at, card, { width, height }, GAP);
    this.root.style.transform = `translate(${x}px, ${y}px)`;
  }
}
