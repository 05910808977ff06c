/** Curves under the filmstrip, for each frame: its log density under the prior, and how much the
 * sample changes to the next frame. */

import { frameOf } from "../canvas/frames.ts";
import type { Film, FilmRow, Filmstrip } from "./filmstrip.ts";
import { formatNumber, minus } from "../format/numbers.ts";
import { CanvasView } from "../canvas/canvas_view.ts";
import { paddedRange } from "./readout.ts";
import { element } from "../controls/shell.ts";
import type { Theme } from "../canvas/theme.ts";

interface Lane {
  name: string;
  unit: string;
  values(row: FilmRow): Float64Array;
  range: [number, number];
}

const HEADING = 18;
const CURVE = 32;
const GAP = 8;
const LANE = HEADING + CURVE + GAP;
/** How far a number at the left may reach over a curve, in pixels. */
const TICK_ON_CURVE = 5;

export class PathCurves {
  readonly canvas: HTMLCanvasElement;
  readonly #picture: CanvasView;
  readonly #strip: Filmstrip;
  #film: Film | null = null;
  #usual: [number, number] = [0, 0];
  #lanes: Lane[] = [];
  #value = 0;

  /** The curves are aligned with the frames of `strip`. */
  constructor(parent: HTMLElement, strip: Filmstrip) {
    const box = element("div", "vw-film-profile");
    parent.append(box);
    this.#strip = strip;
    this.#picture = new CanvasView(box, (context, theme) => this.#draw(context, theme));
    this.canvas = this.#picture.canvas;
    this.canvas.role = "img";
  }

  /** `usual`: the range of log densities of most draws from the prior. */
  show(film: Film, usual: [number, number]): void {
    this.#film = film;
    this.#usual = usual;
    const densities = film.rows.flatMap((row) => [...row.logPrior]);
    const changes = film.rows.flatMap((row) => [...row.stepSize]);
    this.#lanes = [
      {
        name: "log prior density N(0, I)",
        unit: "nats",
        values: (row) => row.logPrior,
        // At least a tenth of a nat, so that the constant density of an arc looks constant.
        range: paddedRange(densities, 0.1),
      },
      {
        name: "change to the next frame",
        unit: film.tokens ? "share of tokens" : "RMS, data units",
        values: (row) => row.stepSize,
        range: [0, paddedRange(changes)[1] || 1],
      },
    ];
    const spans = this.#lanes.map(({ name, unit, range: [low, high] }) => {
      const [from, to] = [low, high].map((value) => formatNumber(value, high - low));
      return `${name} from ${from} to ${to} ${unit}`;
    });
    this.canvas.ariaLabel = `From start to end: ${spans.join("; ")}.`;
    this.#picture.redraw();
  }

  moveTo(value: number): void {
    this.#value = value;
    this.#picture.redraw();
  }

  close(): void {
    this.#picture.close();
  }

  #draw(context: CanvasRenderingContext2D, theme: Theme): void {
    const film = this.#film;
    const strip = this.#strip;
    if (!film) return;
    this.#lanes.forEach((lane, i) => {
      context.save();
      context.translate(0, i * LANE + HEADING);
      const [low, high] = lane.range;
      const y = (value: number) => ((high - value) / (high - low)) * CURVE;
      const shaded = i === 0 && this.#usual[0] < high && this.#usual[1] > low;
      if (shaded) {
        const [left, right] = [strip.xOf(0), strip.xOf(1)];
        const [top, bottom] = [Math.min(high, this.#usual[1]), Math.max(low, this.#usual[0])].map(y);
        context.fillStyle = theme.line;
        context.globalAlpha = 0.5;
        context.fillRect(left, top, right - left, bottom - top);
        context.globalAlpha = 1;
      }
      // The chosen one is drawn last, on top.
      film.rows.forEach((_, row) => row !== film.chosen && this.#drawCurve(context, theme, lane, row, y));
      this.#drawCurve(context, theme, lane, film.chosen, y);
      this.#drawText(context, theme, lane, shaded);
      context.restore();
    });
    for (const stop of film.stops.slice(1, -1)) {
      this.#drawRule(context, stop / (film.frames - 1), theme.faint, [2, 3]);
    }
    this.#drawRule(context, this.#value, theme.ink, []);
  }

  #drawCurve(
    context: CanvasRenderingContext2D,
    theme: Theme,
    lane: Lane,
    row: number,
    y: (value: number) => number,
  ): void {
    const { rows, frames, chosen } = this.#film!;
    const values = lane.values(rows[row]);
    // Changes between two frames are drawn between them.
    const shift = (frames - values.length) / 2;
    context.beginPath();
    values.forEach((value, i) => {
      context.lineTo(this.#strip.xOf((i + shift) / (frames - 1)), y(value));
    });
    context.strokeStyle = rows.length > 1 ? rows[row].colour : theme.accent;
    context.lineWidth = row === chosen ? 2 : 1.25;
    context.lineJoin = "round";
    context.stroke();
  }

  #drawText(
    context: CanvasRenderingContext2D,
    theme: Theme,
    lane: Lane,
    shaded: boolean,
  ): void {
    const { rows, frames, chosen } = this.#film!;
    const [left, right] = [this.#strip.xOf(0), this.#strip.xOf(1)];
    const [low, high] = lane.range;
    const values = lane.values(rows[chosen]);
    const here = values[Math.min(values.length - 1, frameOf(this.#value, frames))];
    const heading = `${lane.name}, ${lane.unit}: `;
    context.font = `11px ${theme.font}`;
    context.textBaseline = "alphabetic";
    context.textAlign = "left";
    context.fillStyle = theme.ink;
    const value = formatNumber(here, high - low);
    const [before, after] = [heading, value].map((text) => context.measureText(text).width);
    // In a narrow page the text starts left of the curve, so that it is not cut off.
    const start = Math.max(0, Math.min(left, this.canvas.clientWidth - before - after));
    const end = start + before + after;
    context.fillText(value, start + before, -6);
    context.fillStyle = theme.faint;
    context.fillText(heading, start, -6);
    context.textAlign = "right";
    const note = "shaded: the middle 95 % of draws from the prior";
    if (shaded && end + 16 < right - context.measureText(note).width) context.fillText(note, right, -6);
    context.font = `10px ${theme.font}`;
    context.strokeStyle = theme.paper;
    context.lineWidth = 3;
    // Two digits where they fit, if need be a little over the curve: one digit may be off by a third.
    const tick = (end: number, y: number) => {
      const texts = [10, 100].map((digits) => formatNumber(end, digits * (high - low)));
      texts.push(minus(end.toExponential(0)).replace("+", ""));
      const fits = (text: string) => context.measureText(text).width <= left + TICK_ON_CURVE;
      const text = end === 0 ? "0" : (texts.find(fits) ?? texts.at(-1)!);
      const x = Math.max(left - 3, context.measureText(text).width); // never cut off
      context.strokeText(text, x, y); // where it lies on the curve
      context.fillText(text, x, y);
    };
    tick(high, 7);
    tick(low, CURVE);
  }

  /** A vertical line through the curves. */
  #drawRule(
    context: CanvasRenderingContext2D,
    value: number,
    colour: string,
    dash: number[],
  ): void {
    const x = Math.round(this.#strip.xOf(value)) + 0.5;
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.setLineDash(dash);
    this.#lanes.forEach((_, i) => {
      context.beginPath();
      context.moveTo(x, i * LANE + HEADING);
      context.lineTo(x, i * LANE + HEADING + CURVE);
      context.stroke();
    });
    context.setLineDash([]);
  }
}
