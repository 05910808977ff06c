/** The pointer over the training curves: it reads values, and a drag zooms. */

import { readArray, type WireArray } from "../kernel/arrays.ts";
import type { CurveEvent } from "./curve_events.ts";
import { FIGURE, figuresBeside, place, plotArea, type Limits } from "./curve_overlay.ts";
import { nearestX, readAt } from "./curve_values.ts";
import { element } from "../controls/shell.ts";

export interface CurveReadout {
  axis: string;
  unit: string;
  limits: Limits;
  series: { label: string; kind: string; count: number }[];
  points: WireArray;
  events: CurveEvent[];
}

interface PointerHandlers {
  readout(): Partial<CurveReadout>;
  /** Text of the values at the pointer; empty when it leaves. */
  hover(text: string): void;
  zoom(range: number[]): void;
}

const LEAST_DRAG = 6; // CSS pixels

/**
 * The figures are next to the given element, and most often bqplot's. So this listens on the document, and
 * appends its lines to the figures, so that they scroll with them.
 */
export class CurvePointer {
  readonly #cleanup = new AbortController();
  readonly #line = element("div", "vw-curve-line");
  readonly #range = element("div", "vw-curve-range");
  #figure: HTMLElement | null = null;
  #from: number | null = null;
  #x = 0;

  readonly #beside: HTMLElement;
  readonly #handlers: PointerHandlers;

  constructor(beside: HTMLElement, handlers: PointerHandlers) {
    this.#beside = beside;
    this.#handlers = handlers;
    const { signal } = this.#cleanup;
    const listen = (type: string, call: (event: PointerEvent) => void) =>
      document.addEventListener(type, call as EventListener, { signal, capture: true });
    listen("pointermove", (event) => this.#move(event));
    listen("pointerdown", (event) => this.#press(event));
    listen("pointerup", (event) => this.#release(event));
    listen("pointercancel", () => this.#leave());
    listen("dblclick", (event) => {
      if (this.#figureAt(event)) this.#handlers.zoom([]);
    });
  }

  /** Read the values again after they have changed. */
  update(): void {
    if (this.#figure && this.#from === null) this.#show();
  }

  close(): void {
    this.#cleanup.abort();
    this.#leave();
  }

  #figureAt(event: Event): HTMLElement | null {
    // The path goes into the shadow root that has the monitor in marimo; `target` ends at its border.
    const figure = (event.composedPath()[0] as Element | undefined)?.closest?.<HTMLElement>(FIGURE);
    return figure && figuresBeside(this.#beside).includes(figure) ? figure : null;
  }

  #plotArea(): DOMRect | null {
    return this.#figure && plotArea(this.#figure);
  }

  /** Value of x at a position in the page, clamped to the axis. */
  #valueAt(clientX: number, box: DOMRect): number {
    const [low, high] = this.#handlers.readout().limits ?? [0, 1];
    const share = Math.min(1, Math.max(0, (clientX - box.left) / box.width));
    return low + share * (high - low);
  }

  #move(event: PointerEvent): void {
    if (this.#from !== null) {
      this.#x = event.clientX;
      this.#drawRange();
      return;
    }
    const figure = this.#figureAt(event);
    if (figure !== this.#figure) this.#leave();
    this.#figure = figure;
    if (!figure) return;
    this.#x = event.clientX;
    this.#show();
  }

  #press(event: PointerEvent): void {
    const figure = this.#figureAt(event);
    if (!figure || event.button !== 0) return;
    this.#figure = figure;
    const box = this.#plotArea();
    if (!box) return;
    this.#from = this.#x = event.clientX;
    event.preventDefault(); // no selection of text
  }

  #release(event: PointerEvent): void {
    if (this.#from === null) return;
    const box = this.#plotArea();
    const from = this.#from;
    this.#from = null;
    this.#range.remove();
    if (!box || Math.abs(event.clientX - from) < LEAST_DRAG) return;
    const ends = [from, event.clientX].map((x) => this.#valueAt(x, box)).sort((a, b) => a - b);
    if (ends[1] > ends[0]) this.#handlers.zoom(ends);
  }

  #show(): void {
    const box = this.#plotArea();
    const { series, points, axis = "", unit = "" } = this.#handlers.readout();
    if (!box || !series?.length || !points || this.#x < box.left - 2 || this.#x > box.right + 2) {
      this.#line.remove();
      this.#handlers.hover("");
      return;
    }
    const at = nearestX(series, readArray(points), this.#valueAt(this.#x, box));
    const [low, high] = this.#handlers.readout().limits!;
    place(this.#line, this.#figure!, box.left + ((at - low) / (high - low)) * box.width);
    this.#handlers.hover(`${readAt(series, readArray(points), at, axis, unit)} · drag to zoom`);
  }

  #drawRange(): void {
    const box = this.#plotArea();
    if (!box || this.#from === null) return;
    const ends = [this.#from, this.#x].map((x) => Math.min(box.right, Math.max(box.left, x)));
    this.#line.remove();
    place(this.#range, this.#figure!, Math.min(...ends), Math.abs(ends[1] - ends[0]));
  }

  #leave(): void {
    this.#line.remove();
    this.#range.remove();
    this.#from = null;
    if (this.#figure) this.#handlers.hover("");
    this.#figure = null;
  }
}
