/** What was done to a run, as lines on the training curves with their names above. */

import { zoomOf } from "../canvas/scale.ts";
import { element } from "../controls/shell.ts";
import { layNames } from "./event_names.ts";
import { CurveOverlay, place, plotArea, toPage, type Limits } from "./curve_overlay.ts";

export interface CurveEvent {
  /** Where on the x axis. */
  at: number;
  text: string;
}

const ROW = 15; // height of a row of names, in CSS pixels

export class CurveEvents {
  readonly #overlay: CurveOverlay;
  #marks: HTMLElement[] = [];
  #events: CurveEvent[] = [];
  #limits: Limits = [0, 1];
  #shown = "";

  constructor(beside: Element) {
    this.#overlay = new CurveOverlay(beside, (figures) => this.#draw(figures));
  }

  show(events: CurveEvent[], limits: Limits): void {
    const shown = JSON.stringify([events, limits]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    [this.#events, this.#limits] = [events, limits];
    this.#overlay.draw();
  }

  close(): void {
    this.#events = [];
    this.#overlay.close();
  }

  #draw(figures: HTMLElement[]): void {
    for (const mark of this.#marks) mark.remove();
    this.#marks = [];
    let rows = 0;
    const seen = figures.filter(plotArea);
    for (const figure of seen) {
      const box = plotArea(figure)!;
      const lines = this.#events.map(({ at }) => toPage(at, this.#limits, box) ?? box.left);
      for (const line of lines) {
        const mark = element("div", "vw-curve-event");
        place(mark, figure, line);
        this.#marks.push(mark);
      }
      if (figure === seen[0]) rows = this.#name(figure, box, lines);
    }
    // A figure beside the first one moves down with it; one below it does not.
    const left = seen[0]?.getBoundingClientRect().left;
    for (const figure of figures) {
      const moves = figure === seen[0] || figure.getBoundingClientRect().left !== left;
      figure.style.marginTop = rows && moves ? `${rows * ROW}px` : "";
    }
  }

  /** Names above the first figure. Returns the number of rows. */
  #name(figure: HTMLElement, box: DOMRect, lines: number[]): number {
    const names = element("div", "vw-curve-names");
    place(names, figure, box.left, box.width);
    this.#marks.push(names);
    const texts = this.#events.map(({ text }) => element("span", "", text));
    const more = element("span", "", " +99");
    names.append(...texts, more);
    const widths = texts.map((text) => text.offsetWidth);
    const zoom = zoomOf(names);
    const starts = lines.map((line) => (line - box.left) / zoom);
    const placed = layNames(starts, widths, box.width / zoom, more.offsetWidth);
    names.replaceChildren(
      ...placed.map((name) => {
        const text = texts[name.first];
        if (name.more) text.textContent += ` +${name.more}`;
        text.style.left = `${name.left}px`;
        text.style.bottom = `calc(100% + ${name.row * ROW}px)`;
        return text;
      }),
    );
    return Math.max(0, ...placed.map(({ row }) => row + 1));
  }
}
