/** Round numbers for axes. */

import { minus } from "./numbers.ts";

/** Multiples of 1, 2 or 5 times a power of ten within [low, high], about `count` of them. */
export function linearTicks(low: number, high: number, count: number, least = 0): number[] {
  const wanted = Math.max((high - low) / Math.max(1, count), least);
  if (!(wanted > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= wanted * 0.999)!;
  const slack = 1e-9;
  const ticks = [];
  for (let k = Math.ceil(low / step - slack); k <= Math.floor(high / step + slack); k++) {
    ticks.push(k * step || 0); // not -0
  }
  return ticks;
}

/** Powers of ten from 1 up to `high`, thinned to about `count`. */
export function logTicks(high: number, count: number): number[] {
  const powers = Math.floor(Math.log10(Math.max(1, high)));
  const every = Math.max(1, Math.ceil((powers + 1) / count));
  const ticks = [];
  for (let p = 0; p <= powers; p += every) ticks.push(10 ** p);
  return ticks;
}

/** Digits that tell values apart that lie `step` apart and reach up to `largest`. */
export function digitsFor(largest: number, step: number): number {
  if (!(step > 0) || !(largest > 0)) return 6;
  return Math.min(17, Math.max(6, Math.ceil(Math.log10(largest / step)) + 1));
}

/** A number without noise digits, as people type it: 0.1 + 0.2 is "0.3". */
export function asTyped(value: number, digits = 6): string {
  return String(Number(value.toPrecision(digits)));
}

/** The same to be read, with a real minus sign. */
export function plain(value: number, digits = 6): string {
  return minus(asTyped(value, digits));
}

const WHOLE = new Intl.NumberFormat("en-US");
const SHORT = new Intl.NumberFormat("en-US", { notation: "compact" });

export function whole(count: number): string {
  return WHOLE.format(count);
}

/** A count for an axis: "2,500" in full, "25K" where it is long. */
export function short(count: number): string {
  return (count < 10_000 ? WHOLE : SHORT).format(count);
}

/** A share in [0, 1] as "0.842"; "–" where undefined. */
export function share(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : "–";
}

/** A part of a whole as a percentage with sensible digits: "4.9", "0.02", "0". */
export function percent(part: number, of: number): string {
  const value = (100 * part) / of;
  return String(Number(value.toPrecision(value < 1 ? 1 : value < 99.5 ? 2 : 4)));
}
