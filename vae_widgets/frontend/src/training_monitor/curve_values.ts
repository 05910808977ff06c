/** Values of curves at a position on the x axis, as text. */

import { minus, plain } from "../format/numbers.ts";

export interface Series {
  label: string;
  kind: string;
  count: number;
}

/** The points (2, n), first x, of all series in sequence. */
type SeriesPoints = ArrayLike<number>;

/** The x among all points that is nearest to `x`. */
export function nearestX(series: Series[], points: SeriesPoints, x: number): number {
  let best = NaN;
  for (let i = 0; i < total(series); i++) {
    if (!(Math.abs(best - x) <= Math.abs(points[i] - x))) best = points[i];
  }
  return best;
}

/** "epoch 12 · training: loss 24.3, KL 2.7 nats · validation: ..." with the values nearest to `x`. */
export function readAt(series: Series[], points: SeriesPoints, x: number, axis: string, unit: string): string {
  const n = total(series);
  const texts: Record<string, string[]> = {};
  let start = 0;
  for (const { label, kind, count } of series) {
    let at = start;
    for (let i = start; i < start + count; i++) {
      if (Math.abs(points[i] - x) < Math.abs(points[at] - x)) at = i;
    }
    (texts[kind] ??= []).push(`${label} ${value(points[n + at])}`);
    start += count;
  }
  const groups = Object.entries(texts).map(
    ([kind, parts]) => `${kind}: ${parts.join(", ")}${unit && ` ${unit}`}`,
  );
  return [`${axis} ${plain(x, 6)}`, ...groups].join(" · ");
}

function total(series: Series[]): number {
  return series.reduce((sum, { count }) => sum + count, 0);
}

/** With four digits, or the whole number where that is as easy to read: as `_value` in status_text.py. */
function value(y: number): string {
  if (!Number.isFinite(y)) return String(y);
  const size = Math.abs(y);
  return minus(size >= 9999.5 && size < 1e6 ? y.toFixed(0) : y.toPrecision(4));
}
