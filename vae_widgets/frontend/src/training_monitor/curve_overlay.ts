/** Marks of the page over the figures of the training curves, which bqplot or curves.ts draws. */

import { zoomOf } from "../canvas/scale.ts";
import { element } from "../controls/shell.ts";

/** An event with a text for the status line of the monitor. */
export const STATUS = "vw-training-status";

/** Values at the left and right end of the x axis. */
export type Limits = [number, number];

/** Milliseconds between two looks for figures that bqplot has drawn meanwhile. */
const LOOK = 500;

/** A figure, and the part of it between its axes. */
export const FIGURE = ".bqplot, .vw-curve-plot";
const AREA = ".plotarea_background, .vw-plot-area";

/**
 * The part of a figure between its axes, as long as the x axis; null before bqplot has drawn it, or
 * while it is hidden.
 */
export function plotArea(figure: HTMLElement): DOMRect | null {
  const box = figure.querySelector(AREA)?.getBoundingClientRect();
  if (!box || box.width <= 0) return null;
  // bqplot keeps the ends of its area free, so that no mark is cut: its axis is shorter.
  const lines = [...figure.querySelectorAll(".axis path.domain")].map((line) => line.getBoundingClientRect());
  const { left, width } = lines.reduce((a, b) => (b.width > a.width ? b : a), new DOMRect());
  return width ? new DOMRect(left, box.top, width, box.height) : box;
}

/** Place a mark over the plot area of its figure; `left` and `width` are pixels of the page. */
export function place(mark: HTMLElement, figure: HTMLElement, left: number, width = 0): void {
  const [box, around] = [plotArea(figure)!, figure.getBoundingClientRect()];
  const zoom = zoomOf(figure);
  mark.style.left = `${(left - around.left) / zoom}px`;
  mark.style.top = `${(box.top - around.top) / zoom}px`;
  mark.style.height = `${box.height / zoom}px`;
  if (width) mark.style.width = `${width / zoom}px`;
  if (mark.parentElement !== figure) figure.append(mark);
}

/** Position of a value on the x axis, in pixels of the page; null outside of the plot area. */
export function toPage(x: number, [low, high]: Limits, box: DOMRect): number | null {
  const share = (x - low) / (high - low);
  return share >= 0 && share <= 1 ? box.left + share * box.width : null;
}

/** The figures of the monitor that `beside` belongs to. */
export function figuresBeside(beside: Element): HTMLElement[] {
  const monitor = beside.closest(".vw-monitor");
  return [...(monitor?.querySelectorAll<HTMLElement>(`.vw-curves :is(${FIGURE})`) ?? [])];
}

/** Calls `draw` for the figures beside an element, and again whenever their plot areas change. */
export class CurveOverlay {
  readonly #beside: Element;
  readonly #draw: (figures: HTMLElement[]) => void;
  readonly #resized = new ResizeObserver(() => this.draw());
  readonly #watched = new Set<Element>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(beside: Element, draw: (figures: HTMLElement[]) => void) {
    this.#beside = beside;
    this.#draw = draw;
    this.#timer = setInterval(() => this.#look(), LOOK);
    this.#look();
  }

  draw(): void {
    this.#draw(figuresBeside(this.#beside));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#resized.disconnect();
    this.#draw([]);
  }

  /** bqplot makes and replaces its figures by itself, and tells nobody. */
  #look(): void {
    for (const figure of figuresBeside(this.#beside)) {
      const area = figure.querySelector(AREA);
      if (!area || this.#watched.has(area)) continue;
      this.#watched.add(area);
      this.#resized.observe(area);
    }
  }
}

/** Upright lines on the figures at one value of x, such as the epoch of the replay. */
export class CurveCursor {
  readonly #overlay: CurveOverlay;
  #lines: HTMLElement[] = [];
  #at: number | null = null;
  #limits: Limits = [0, 1];

  constructor(beside: Element, className: string) {
    this.#overlay = new CurveOverlay(beside, (figures) => {
      for (const line of this.#lines) line.remove();
      this.#lines = figures.flatMap((figure) => {
        const box = plotArea(figure);
        const left = box && this.#at !== null ? toPage(this.#at, this.#limits, box) : null;
        if (left === null) return [];
        const line = element("div", className);
        place(line, figure, left);
        return [line];
      });
    });
  }

  /** Show the lines at `at`; null hides them. */
  show(at: number | null, limits: Limits): void {
    this.#at = at;
    this.#limits = limits;
    this.#overlay.draw();
  }

  close(): void {
    this.#at = null;
    this.#overlay.close();
  }
}
