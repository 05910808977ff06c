/** Pictures of samples, each with a caption below it. */

import { CanvasView } from "../../canvas/canvas_view.ts";
import { element } from "../../controls/shell.ts";
import { drawFramedTile } from "../../interpolation_slider/framed_tile.ts";
import { Tiles, type RawTiles } from "../../kernel/atlas.ts";

/** Several tiles beside each other; the caption is below all of them. */
export class TileFigure {
  readonly root = element("figure", "vw-play-figure");
  readonly #caption = element("figcaption");
  readonly #view: CanvasView;
  #tiles: Tiles | null = null;

  constructor(parent: HTMLElement, caption: string) {
    const box = element("div", "vw-play-tiles");
    this.root.append(box, this.#caption);
    parent.append(this.root);
    this.#caption.textContent = caption;
    this.#view = new CanvasView(box, (context, theme) => {
      const tiles = this.#tiles;
      if (!tiles) return;
      const width = this.#view.width / tiles.count;
      for (let i = 0; i < tiles.count; i++) drawFramedTile(context, theme, tiles, i, i * width, width, this.#view.height, 2);
    });
    this.#view.canvas.role = "img";
    this.#view.canvas.ariaLabel = caption;
  }

  /** Show other tiles, or none; the caption stays if there is no new one. */
  show(tiles: RawTiles | null, caption?: string): void {
    this.#tiles = tiles && Tiles.of(tiles);
    if (caption) this.#caption.textContent = this.#view.canvas.ariaLabel = caption;
    this.#view.redraw();
  }

  close(): void {
    this.#view.close();
  }
}
