/** From classes or a quantity to one colour a point. */

import { CATEGORIES, categoryColour, channels, quantityColour } from "../../canvas/palette.ts";

export interface Quantity {
  name: string;
  /** Of the known values; NaN if there is none. */
  low: number;
  high: number;
  /** How many points have no value. */
  unknown: number;
  /** Set where it has two colours only. */
  cut: Cut | null;
}

export interface Cut {
  threshold: number;
  /** How many points lie below, and at or above. */
  counts: [number, number];
}

export interface Colouring {
  /** Row of `colours` for each point, -1 where it is hidden. */
  levels: Int16Array;
  /** r, g, b of each level, 0 to 255. */
  colours: Uint8Array;
  /** Set where a quantity colours the points. */
  quantity: Quantity | null;
}

const STEPS = 256;
/** Below, and at or above a threshold; the colours of a score histogram with labels. */
export const SIDES = [0, 6].map(categoryColour);
/** Number of the group of points without a value, beside the two sides of a threshold. */
export const NO_SIDE = SIDES.length;

/** All `n` points in one colour. */
export function plain(n: number): Colouring {
  return { levels: new Int16Array(n), colours: palette([categoryColour(0)]), quantity: null };
}

/** Each class in its own colour of the cycle; those of no class, `count`, in that of the unknown. */
export function byClass(classes: Uint32Array, count: number, unknown: string): Colouring {
  const cycle = CATEGORIES.length;
  // Not the classes themselves: there may be more of them than an Int16 can number.
  const levels = Int16Array.from(classes, (index) => (index === count ? cycle : index % cycle));
  return { levels, colours: palette([...CATEGORIES, unknown]), quantity: null };
}

/** From the lowest to the highest value in viridis. */
export function byQuantity(name: string, values: Float32Array, unknown: string): Colouring {
  const { low, high, missing } = rangeOf(values);
  const scale = high > low ? (STEPS - 1) / (high - low) : 0;
  const viridis = Array.from({ length: STEPS }, (_, i) => quantityColour(i / (STEPS - 1)));
  return {
    levels: Int16Array.from(values, (value) =>
      Number.isNaN(value) ? STEPS : Math.round((value - low) * scale),
    ),
    colours: palette([...viridis, unknown]),
    quantity: { name, low, high, unknown: missing, cut: null },
  };
}

/** In one colour below a threshold, in another from it on. */
export function byThreshold(
  name: string,
  values: Float32Array,
  threshold: number,
  unknown: string,
): Colouring {
  // Rounded as the values were: one that was equal still is.
  const limit = Math.fround(threshold);
  const levels = Int16Array.from(values, (value) =>
    Number.isNaN(value) ? NO_SIDE : value >= limit ? 1 : 0,
  );
  const above = levels.reduce((sum, level) => sum + Number(level === 1), 0);
  const { low, high, missing } = rangeOf(values);
  const cut: Cut = { threshold, counts: [values.length - missing - above, above] };
  return {
    levels,
    colours: palette([...SIDES, unknown]),
    quantity: { name, low, high, unknown: missing, cut },
  };
}

function rangeOf(values: Float32Array): { low: number; high: number; missing: number } {
  let [low, high, missing] = [Infinity, -Infinity, 0];
  for (const value of values) {
    if (Number.isNaN(value)) missing++;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low > high ? { low: NaN, high: NaN, missing } : { low, high, missing };
}

/** Take the points of hidden groups of a quantity out, in place. */
export function hideSides(colouring: Colouring, hidden: number[]): void {
  const { quantity, levels } = colouring;
  if (quantity?.cut) hide(colouring, levels, hidden);
  else if (quantity && hidden.includes(NO_SIDE)) hide(colouring, levels, [STEPS]);
}

/** Take the points of hidden groups (classes, or the levels themselves) out, in place. */
export function hide(
  { levels }: Colouring,
  groups: Uint32Array | Int16Array,
  hidden: number[],
): void {
  const off = new Set(hidden);
  if (off.size) groups.forEach((index, i) => off.has(index) && (levels[i] = -1));
}

/** How many points each of `count` classes has. */
export function countClasses(classes: Uint32Array, count: number): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const index of classes) counts[index]++;
  return counts;
}

function palette(colours: string[]): Uint8Array {
  return Uint8Array.from(colours.flatMap(channels));
}
