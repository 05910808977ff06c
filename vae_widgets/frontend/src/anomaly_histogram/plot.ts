/** The picture of the histogram: bars, pale where not flagged, and the line of the threshold. */

import { CanvasView } from "../canvas/canvas_view.ts";
import { drawHistogramAxes, drawBars, drawPercentiles, drawSelected, Frame, MARGIN, type Histogram } from "./layers.ts";
import { pixelRatio } from "../canvas/scale.ts";
import type { Theme } from "../canvas/theme.ts";

export interface PlotState {
  histogram: Histogram;
  /** The score at the line of the threshold. */
  drawnAt: number;
  label: string;
}

// Distance of the line of the threshold from the top.
const HANDLE = 12;
const UNFLAGGED_ALPHA = { light: 0.5, dark: 0.65 };

export class HistogramPlot {
  readonly #picture: CanvasView;
  readonly #shown: () => PlotState;
  #layers: { made: unknown[]; axes: OffscreenCanvas; bars: OffscreenCanvas } | null = null;

  constructor(parent: HTMLElement, shown: () => PlotState) {
    this.#shown = shown;
    this.#picture = new CanvasView(parent, (context, theme) => this.#draw(context, theme));
  }

  get canvas(): HTMLCanvasElement {
    return this.#picture.canvas;
  }

  /** The current positions of scores and counts. */
  get frame(): Frame {
    return new Frame(this.#shown().histogram, this.#picture.width, this.#picture.height);
  }

  redraw(): void {
    this.#picture.redraw();
  }

  close(): void {
    this.#picture.close();
  }

  #draw(context: CanvasRenderingContext2D, theme: Theme): void {
    const { width, height } = this.#picture;
    const { drawnAt, label } = this.#shown();
    const frame = this.frame;
    const { axes, bars } = this.#staticLayers(frame, theme);
    const x = frame.x(drawnAt);
    context.globalAlpha = 0.1;
    context.fillStyle = theme.accent;
    const flagged = Math.max(0, width - MARGIN.right - x);
    context.fillRect(x, frame.top, flagged, frame.bottom - frame.top);
    context.globalAlpha = 1;
    context.drawImage(axes, 0, 0, width, height);
    const part = (x0: number, x1: number, alpha: number) => {
      context.save();
      context.beginPath();
      context.rect(x0, 0, x1 - x0, height);
      context.clip();
      context.globalAlpha = alpha;
      context.drawImage(bars, 0, 0, width, height);
      context.restore();
    };
    part(0, x, UNFLAGGED_ALPHA[theme.dark ? "dark" : "light"]);
    part(x, width, 1);
    drawSelected(context, frame, this.#shown().histogram, theme);
    drawThreshold(context, theme, frame, x, label, width);
    drawPercentiles(context, frame, this.#shown().histogram, theme);
  }

  /** The layers that a drag does not change, drawn only when something else has changed. */
  #staticLayers(frame: Frame, theme: Theme) {
    const { width, height } = this.#picture;
    const { histogram } = this.#shown();
    const ratio = pixelRatio(this.#picture.canvas);
    const made = [histogram, theme, width, height, ratio];
    if (this.#layers && made.every((part, i) => part === this.#layers!.made[i])) return this.#layers;
    const layer = (draw: typeof drawHistogramAxes) => {
      const canvas = new OffscreenCanvas(Math.round(width * ratio), Math.round(height * ratio));
      const context = canvas.getContext("2d") as unknown as CanvasRenderingContext2D;
      context.scale(ratio, ratio);
      draw(context, frame, histogram, theme);
      return canvas;
    };
    this.#layers = { made, axes: layer(drawHistogramAxes), bars: layer(drawBars) };
    return this.#layers;
  }
}

function drawThreshold(
  context: CanvasRenderingContext2D,
  theme: Theme,
  { bottom }: Frame,
  x: number,
  label: string,
  width: number,
): void {
  context.strokeStyle = context.fillStyle = theme.ink;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x, HANDLE);
  context.lineTo(x, bottom);
  context.stroke();
  context.beginPath();
  context.moveTo(x - 6, HANDLE - 6);
  context.lineTo(x + 6, HANDLE - 6);
  context.lineTo(x, HANDLE + 4);
  context.fill();
  context.font = `600 12px ${theme.font}`;
  context.textBaseline = "middle";
  const fits = x + 10 + context.measureText(label).width < width;
  context.textAlign = fits ? "left" : "right";
  context.fillText(label, x + (fits ? 10 : -10), HANDLE - 2);
}
