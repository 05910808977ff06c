/** Scales and numbers of an axis. */

import { tickText } from "../format/tick_format.ts";
import type { Axis } from "./description.ts";

/** An axis on the screen. */
export interface Scale {
  low: number;
  high: number;
  /** Place of a value in CSS pixels. */
  place(value: number): number;
  /** Value at a place. */
  valueAt(place: number): number;
  ticks: { at: number; text: string }[];
}

/** The axis from pixel `start` to pixel `end`, for the data that are drawn. `air` pixels stay empty at both ends. */
export function scaleOf(axis: Axis, data: ArrayLike<number>[], start: number, end: number, air: number): Scale {
  const log = axis.scale === "log";
  const [low, high] = domainOf(axis, data);
  const room = air + axis.padding * Math.abs(end - start);
  const from = start + Math.sign(end - start) * room;
  const length = end - start - 2 * (from - start);
  const to = log ? Math.log : (value: number) => value;
  const back = log ? Math.exp : (value: number) => value;
  // Halves, because the difference of two numbers may be too large for a number.
  const [first, half] = [to(low) / 2, to(high) / 2 - to(low) / 2];
  const place = (value: number) => from + length * (half ? (to(value) / 2 - first) / half : 0.5);
  const ticks = [...Array.from(axis.ticks ?? (log ? powers(low, high) : roundTicks(low, high)))];
  return {
    low,
    high,
    place,
    valueAt: (at) => back(2 * (first + ((at - from) / length) * half)),
    ticks: ticks
      .filter((value) => low <= value && value <= high)
      .map((value) => ({ at: place(value), text: tickText(value, axis.tick_format) })),
  };
}

/** Ends of an axis: as they are set, or those of the data. */
function domainOf({ domain, scale }: Axis, data: ArrayLike<number>[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const values of data) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (!Number.isFinite(value) || (scale === "log" && value <= 0)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) [low, high] = scale === "log" ? [1, 10] : [0, 1];
  return [domain[0] ?? low, domain[1] ?? high];
}

/** Round numbers between two, about ten, by the rule of d3-array. */
function roundTicks(low: number, high: number): number[] {
  const wanted = (high - low) / 10;
  if (!(wanted > 0 && wanted < Infinity)) return [low];
  const power = 10 ** Math.floor(Math.log10(wanted));
  const rest = wanted / power;
  const step = power * (rest >= Math.sqrt(50) ? 10 : rest >= Math.sqrt(10) ? 5 : rest >= Math.sqrt(2) ? 2 : 1);
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** Powers of ten between two numbers, at most about ten; the numbers themselves where there are fewer than two. */
function powers(low: number, high: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  if (last <= first) return [low, high];
  const every = Math.ceil((last - first + 1) / 10);
  return Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, i) => 10 ** (first + i * every));
}
