/** A plot of curves in an element: it fits its box, follows the theme, and says what is drawn. */

import { CanvasView, type Draw } from "../canvas/canvas_view.ts";
import { element } from "../controls/shell.ts";
import type { CurvePlot } from "./description.ts";
import { drawCurves, type Frame } from "./drawing.ts";

export class CurveView {
  /** The plot as it was drawn last; null before. */
  frame: Frame | null = null;
  readonly root = element("div", "vw-curve-plot");
  /** Covers the plot area, so that marks can be laid over it. */
  readonly area = element("div", "vw-plot-area");
  readonly #view: CanvasView;
  readonly #plot: () => CurvePlot;

  /** `over` draws on top of the curves. */
  constructor(parent: HTMLElement, plot: () => CurvePlot, over?: Draw) {
    this.#plot = plot;
    parent.append(this.root);
    this.#view = new CanvasView(this.root, (context, theme) => {
      const box = { left: 0, top: 0, width: this.#view.width, height: this.#view.height };
      this.frame = drawCurves(context, theme, plot(), box);
      over?.(context, theme);
    });
    this.canvas.role = "img";
    this.root.append(this.area);
    this.update();
  }

  get canvas(): HTMLCanvasElement {
    return this.#view.canvas;
  }

  /** Draw again what has changed. */
  update(): void {
    const plot = this.#plot();
    const { top, right, bottom, left } = plot.margin;
    Object.assign(this.area.style, { inset: `${top}px ${right}px ${bottom}px ${left}px` });
    this.canvas.ariaLabel = nameOf(plot);
    this.canvas.ariaDescription = descriptionOf(plot);
    this.#view.redraw();
  }

  redraw(): void {
    this.#view.redraw();
  }

  close(): void {
    this.#view.close();
    this.root.remove();
  }
}

/** "Average precision 0.812: precision against recall". */
function nameOf({ title, x, y, lines }: CurvePlot): string {
  const what = y.label || [...new Set(lines.map((line) => line.name))].join(", ");
  return [title, what && `${what} against ${x.label}`].filter(Boolean).join(": ");
}

/** The ends of each full line and where its points are, for those who do not see them. */
function descriptionOf({ lines, points, x, y }: CurvePlot): string {
  const parts = lines
    .filter((line) => !line.dashed && line.opacity === 1 && line.x.length)
    .map((line) => {
      const last = line.x.length - 1;
      return `${line.name} from ${digits(line.y[0])} at ${digits(line.x[0])} to ${digits(line.y[last])} at ${digits(line.x[last])}`;
    });
  if (points?.x.length) {
    const [a, b] = [points.x[0], points.y[0]].map(digits);
    parts.push(`${points.name} at ${x.label} ${a}, ${y.label} ${b}`.replace(", ,", ","));
  }
  return parts.length ? `${parts.join("; ")}.` : "No curves.";
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
