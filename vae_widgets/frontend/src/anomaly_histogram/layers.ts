/** The layers of the histogram that a drag does not change: the axes and the bars. */

import { labelColour } from "../canvas/palette.ts";
import type { ScoreCounts } from "./counts.ts";
import type { Theme } from "../canvas/theme.ts";
import { linearTicks, logTicks } from "../format/axis_ticks.ts";
import { digitsFor, plain, short, whole } from "../format/numbers.ts";

export const MARGIN = { left: 56, right: 12, top: 42, bottom: 40 };
/** Width of the bar that counts the scores outside the axis. */
const GUTTER = 18;
const OVERLAID_ALPHA = 0.6;
const TICKS_APART = 60;

export interface Histogram {
  counts: ScoreCounts;
  /** Percentages and their scores, ascending. */
  percentiles: [number, number][];
  /** Number of scores selected in other widgets, at or above each threshold; null for none. */
  selected: Uint32Array | null;
  classNames: string[];
  scoreName: string;
  logCounts: boolean;
  lowest: number;
  highest: number;
}

/** Positions of scores and counts in the picture. */
export class Frame {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly below: number;
  readonly beyond: number;
  readonly #counts: ScoreCounts;
  readonly #peak: number;
  readonly #log: boolean;

  constructor(histogram: Histogram, width: number, height: number) {
    this.#counts = histogram.counts;
    this.#log = histogram.logCounts;
    const sum = (counts: number[]) => counts.reduce((a, b) => a + b, 0);
    const outside = this.#counts.outside();
    this.below = sum(outside.below);
    this.beyond = sum(outside.beyond);
    this.left = MARGIN.left + (this.below ? GUTTER : 0);
    this.right = Math.max(this.left + 1, width - MARGIN.right - (this.beyond ? GUTTER : 0));
    this.bottom = Math.max(MARGIN.top + 1, height - MARGIN.bottom);
    const bars = [...histogram.counts.bins().flat(), ...outside.below, ...outside.beyond];
    // Samples of several classes can be selected: more than the highest bar has of one.
    this.#peak = Math.max(1, ...bars, ...selectedBars(histogram));
  }

  get top(): number {
    return MARGIN.top;
  }

  /** x of a score; a score outside the axis is in the middle of its gutter. */
  x(score: number): number {
    const { low, high } = this.#counts;
    if (score < low) return this.left - GUTTER / 2;
    if (score > high) return this.right + GUTTER / 2;
    return this.left + ((score - low) / (high - low)) * (this.right - this.left);
  }

  score(x: number): number {
    const { low, high } = this.#counts;
    return low + ((x - this.left) / (this.right - this.left)) * (high - low);
  }

  /** Top of a bar. A logarithmic axis starts at 0.5, so that a single sample is visible. */
  y(count: number): number {
    const room = this.bottom - this.top;
    if (!count) return this.bottom;
    const part = this.#log
      ? Math.log(count / 0.5) / Math.log((this.#peak * 1.1) / 0.5)
      : count / (this.#peak * 1.05);
    return this.bottom - part * room;
  }

  get countTicks(): number[] {
    return this.#log ? logTicks(this.#peak, 5) : linearTicks(0, this.#peak * 1.04, 4, 1);
  }

  /** Ticks at least TICKS_APART pixels apart, and their labels. */
  scoreTicks(apart: number): { score: number; text: string }[] {
    const { low, high } = this.#counts;
    const ticks = linearTicks(low, high, Math.floor((this.right - this.left) / apart));
    const step = ticks.length > 1 ? ticks[1] - ticks[0] : 0;
    const digits = digitsFor(Math.max(Math.abs(low), Math.abs(high)), step);
    return ticks.map((score) => ({ score, text: plain(score, digits) }));
  }
}

export function drawHistogramAxes(
  context: CanvasRenderingContext2D,
  frame: Frame,
  { scoreName, lowest, highest }: Histogram,
  theme: Theme,
): void {
  const { left, right, top, bottom } = frame;
  context.font = `11px ${theme.font}`;
  context.lineWidth = 1;
  context.strokeStyle = theme.line;
  context.fillStyle = theme.faint;
  context.textBaseline = "middle";
  context.textAlign = "right";
  const line = (x0: number, y0: number, x1: number, y1: number) => {
    context.beginPath();
    context.moveTo(Math.round(x0) + 0.5, Math.round(y0) + 0.5);
    context.lineTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
    context.stroke();
  };
  for (const count of frame.countTicks) {
    line(MARGIN.left, frame.y(count), right, frame.y(count));
    context.fillText(short(count), MARGIN.left - 6, frame.y(count));
  }
  context.strokeStyle = theme.faint;
  line(left, bottom, right, bottom);
  context.textBaseline = "top";
  context.textAlign = "center";
  const widthOf = ({ text }: { text: string }) => context.measureText(text).width;
  const widest = Math.max(...frame.scoreTicks(TICKS_APART).map(widthOf));
  for (const tick of frame.scoreTicks(Math.max(TICKS_APART, widest + 12))) {
    const x = frame.x(tick.score);
    line(x, bottom, x, bottom + 4);
    const end = right + MARGIN.right - 1; // of the picture, or of the bar of the scores beyond the axis
    context.fillText(tick.text, Math.min(x, end - widthOf(tick) / 2), bottom + 6);
  }
  const label = bottom + 22;
  context.fillStyle = theme.ink;
  const aside = frame.beyond && !frame.below; // leaves room for the text about the rest
  context.textAlign = aside ? "left" : "center";
  context.fillText(scoreName, aside ? left : (left + right) / 2, label);
  context.fillStyle = theme.faint;
  if (frame.beyond) {
    context.textAlign = "right";
    const text = `${whole(frame.beyond)} beyond, up to ${plain(highest, 4)} \u25b8`;
    context.fillText(text, right + GUTTER, label);
  }
  if (frame.below) {
    context.textAlign = "left";
    const text = `\u25c2 ${whole(frame.below)} below, down to ${plain(lowest, 4)}`;
    context.fillText(text, left - GUTTER, label);
  }
  context.save();
  context.translate(8, (top + bottom) / 2);
  context.rotate(-Math.PI / 2);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText("samples", 0, 0);
  context.restore();
}

/** Mark percentiles of all scores at the top. Labels that would overlap are moved aside. */
export function drawPercentiles(
  context: CanvasRenderingContext2D,
  frame: Frame,
  { percentiles }: Histogram,
  theme: Theme,
): void {
  context.font = `11px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  const marks: { x: number; names: number[] }[] = [];
  for (const [percentage, score] of percentiles) {
    const x = frame.x(score);
    if (x < frame.left || x > frame.right) continue;
    if (marks.at(-1)?.x === x) marks.at(-1)!.names.push(percentage);
    else marks.push({ x, names: [percentage] });
  }
  const texts = marks.map(({ names }) => `${names.join(", ")} %`);
  const widths = texts.map((text) => context.measureText(text).width + 6);
  const places = spread(marks.map(({ x }) => x), widths, frame.right + MARGIN.right);
  marks.forEach(({ x }, i) => {
    context.strokeStyle = theme.faint;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(places[i], frame.top - 6);
    context.lineTo(x, frame.top - 3);
    context.lineTo(x, frame.top);
    context.stroke();
    // The line of the threshold must not cross the text.
    context.fillStyle = theme.paper;
    context.fillRect(places[i] - widths[i] / 2 + 2, frame.top - 18, widths[i] - 4, 12);
    context.fillStyle = theme.faint;
    context.fillText(texts[i], places[i], frame.top - 8);
  });
}

/** The middles of boxes of some widths, as near to `wanted` (ascending) as they fit before `end`. */
export function spread(wanted: number[], widths: number[], end: number): number[] {
  const places = [...wanted];
  let free = 0;
  places.forEach((at, i) => {
    places[i] = Math.max(at, free + widths[i] / 2);
    free = places[i] + widths[i] / 2;
  });
  for (let i = places.length - 1; i >= 0; i--) {
    places[i] = Math.min(places[i], end - widths[i] / 2);
    end = places[i] - widths[i] / 2;
  }
  return places;
}

function binEdges(frame: Frame, counts: ScoreCounts): number[] {
  const bins = counts.last / counts.stepsPerBin;
  return Array.from({ length: bins + 1 }, (_, i) => frame.x(counts.thresholds[i * counts.stepsPerBin]));
}

/** Mark which part of each bar is selected, by a narrow bar inside it. */
export function drawSelected(
  context: CanvasRenderingContext2D,
  frame: Frame,
  histogram: Histogram,
  theme: Theme,
): void {
  context.fillStyle = theme.ink;
  const edges = binEdges(frame, histogram.counts);
  selectedBars(histogram).forEach((count, i) => {
    if (!count) return;
    const width = edges[i + 1] - edges[i];
    // A single sample beside hundreds can still be seen.
    const y = Math.min(frame.y(count), frame.bottom - 4);
    context.fillRect(edges[i] + width / 4, y, Math.max(2, width / 2), frame.bottom - y);
  });
}

/** How many samples are selected in each bin; none where nothing is. */
function selectedBars({ counts, selected }: Histogram): number[] {
  if (!selected) return [];
  const { stepsPerBin } = counts;
  return Array.from(
    { length: counts.last / stepsPerBin },
    (_, i) => selected[i * stepsPerBin] - selected[(i + 1) * stepsPerBin],
  );
}

export function drawBars(
  context: CanvasRenderingContext2D,
  frame: Frame,
  { counts }: Histogram,
): void {
  const bins = counts.bins();
  const edges = binEdges(frame, counts);
  const gap = edges[1] - edges[0] >= 4 ? 1 : 0;
  const bar = (x0: number, x1: number, ofClass: number[]) => {
    ofClass.forEach((count, k) => {
      if (!count) return;
      const y = Math.min(frame.y(count), frame.bottom - 2);
      context.fillStyle = labelColour(k);
      context.globalAlpha = ofClass.length > 1 ? OVERLAID_ALPHA : 1;
      context.fillRect(x0, y, x1 - x0, frame.bottom - y);
      context.globalAlpha = 1; // a solid top, so that overlaid bars do not look stacked
      context.fillRect(x0, y, x1 - x0, 2);
    });
  };
  for (let i = 0; i < bins[0].length; i++) {
    bar(edges[i], edges[i + 1] - gap, bins.map((ofClass) => ofClass[i]));
  }
  const outside = counts.outside();
  if (frame.below) bar(frame.left - GUTTER, frame.left - 4, outside.below);
  if (frame.beyond) bar(frame.right + 4, frame.right + GUTTER, outside.beyond);
  // These bars are striped, because they are not on the axis.
  context.globalCompositeOperation = "destination-out";
  for (let y = frame.bottom - 5; y > frame.top; y -= 6) {
    if (frame.below) context.fillRect(frame.left - GUTTER, y, GUTTER - 4, 2);
    if (frame.beyond) context.fillRect(frame.right + 4, y, GUTTER - 4, 2);
  }
}
