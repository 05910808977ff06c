/** The axes of the training curves, as curve_axes.py makes them where there is a kernel. */

import type { Axis } from "../curve_plot/description.ts";
import { multiples, roundTicks } from "../format/axis_ticks.ts";

const MOST_TICKS = 6;

/** The y axis for the values of lines. */
export function yAxis(lines: ArrayLike<number>[], logScale: boolean): Axis {
  const ticks = yTicks(lines, logScale);
  let digits = 4;
  if (ticks && ticks.length > 1) {
    const largest = Math.max(...ticks.map(Math.abs));
    digits = Math.max(digits, Math.min(6, Math.trunc(Math.log10(largest)) + 1));
    if (!logScale) digits += Math.max(0, Math.trunc(Math.log10(largest / (ticks[1] - ticks[0]))) - 2);
  }
  return axis("", [null, null], logScale ? "log" : "linear", ticks, `.${digits}~g`, 0.025);
}

/** At most about ten ticks for the values of lines; null leaves them to the painter. */
function yTicks(lines: ArrayLike<number>[], logScale: boolean): number[] | null {
  let [low, high] = [Infinity, -Infinity];
  for (const values of lines) {
    for (let i = 0; i < values.length; i++) {
      if (!Number.isFinite(values[i])) continue;
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
  }
  // A loss may diverge to any number.
  if (!(high - low > 1e-300 && high - low < Infinity)) return null;
  const decades = logScale ? Math.log10(high) - Math.log10(low) : 0;
  if (decades < 1) return roundTicks(low, high, MOST_TICKS);
  const first = Math.floor(Math.log10(low));
  const count = Math.floor(Math.log10(high) + 1e-9) - first + 1;
  const powers = Array.from({ length: count }, (_, i) => 10 ** (first + i));
  const every = Math.ceil(count / MOST_TICKS);
  const ticks = decades <= 3 ? powers.flatMap((power) => [power, 2 * power, 5 * power]) : powers.filter((_, i) => i % every === 0);
  return ticks.filter((tick) => low <= tick && tick <= high);
}

/** The x axis from `low` to `high`, in epochs or steps. */
export function xAxis(label: string, low: number, high: number, end: number): Axis {
  const span = high - low;
  const whole = label === "epoch" && span >= 2 && span <= 1e9;
  const highest = label === "epoch" ? high : end;
  return axis(label, [low, high], "linear", whole ? wholeEpochs(low, high) : null, highest >= 1e4 ? ".3~s" : ".4~g", 0);
}

function axis(
  label: string,
  domain: [number | null, number | null],
  scale: Axis["scale"],
  ticks: number[] | null,
  tick_format: string,
  padding: number,
): Axis {
  return { label, domain, scale, ticks, tick_format, padding };
}

function wholeEpochs(low: number, high: number): number[] {
  let step = 1;
  for (let power = 1; (high - low) / step > 7; power *= 10) {
    step = [1, 2, 5].map((m) => m * power).find((s) => (high - low) / s <= 7) ?? 10 * power;
  }
  return multiples(step, low, high + 1e-9);
}
