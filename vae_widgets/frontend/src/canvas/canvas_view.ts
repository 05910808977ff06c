/** A canvas that fits its box, is sharp on any screen, and redraws at most once a frame. */

import { onResize } from "./resize.ts";
import { pixelRatio } from "./scale.ts";
import { readTheme, watchTheme, type Theme } from "./theme.ts";

export type Draw = (context: CanvasRenderingContext2D, theme: Theme) => void;

export class CanvasView {
  readonly canvas: HTMLCanvasElement;
  /** Size in CSS pixels. */
  width = 0;
  height = 0;
  readonly #context: CanvasRenderingContext2D;
  readonly #draw: Draw;
  readonly #unwatch: (() => void)[];
  #theme: Theme;
  #frame = 0;

  /** The canvas fills `parent`, whose size CSS decides; `draw` paints in CSS pixels. */
  constructor(parent: HTMLElement, draw: Draw) {
    this.#draw = draw;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "vw-canvas";
    parent.append(this.canvas);
    this.#context = this.canvas.getContext("2d")!;
    this.#theme = readTheme(parent);
    this.#unwatch = [
      onResize(parent, () => this.#fit(parent)),
      watchTheme(() => {
        this.#theme = readTheme(parent);
        this.redraw();
      }),
    ];
  }

  /** Redraw in the next animation frame. */
  redraw(): void {
    this.#frame ||= requestAnimationFrame(() => this.#paint());
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    for (const stop of this.#unwatch) stop();
    this.canvas.remove();
  }

  /** Paint in the frame that lays out `parent`: the next one would be late, and until then the picture is stretched. */
  #fit(parent: HTMLElement): void {
    this.width = parent.clientWidth;
    this.height = parent.clientHeight;
    cancelAnimationFrame(this.#frame);
    this.#paint();
  }

  #paint(): void {
    this.#frame = 0;
    if (!this.width || !this.height) return;
    const ratio = pixelRatio(this.canvas);
    const width = Math.round(this.width * ratio);
    const height = Math.round(this.height * ratio);
    // Setting the size clears the canvas, so it is set only when it has changed.
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    if (!this.#theme.paper) this.#theme = readTheme(this.canvas);
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#context.clearRect(0, 0, this.width, this.height);
    this.#draw(this.#context, this.#theme);
  }
}
