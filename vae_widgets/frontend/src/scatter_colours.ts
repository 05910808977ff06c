/** From classes or a quantity to one colour a point. */

import { categoryColour, channels, quantityColour } from "./palette.ts";

export interface Quantity {
  name: string;
  low: number;
  high: number;
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

/** All `n` points in one colour. */
export function plain(n: number): Colouring {
  return { levels: new Int16Array(n), colours: palette([categoryColour(0)]), quantity: null };
}

/** Each class in its own colour of the cycle. */
export function byClass(classes: Uint32Array, count: number): Colouring {
  const names = Array.from({ length: count }, (_, i) => categoryColour(i));
  return { levels: new Int16Array(classes), colours: palette(names), quantity: null };
}

/** From the lowest to the highest value in viridis. */
export function byQuantity(name: string, values: Float32Array): Colouring {
  const [low, high] = rangeOf(values);
  const scale = high > low ? (STEPS - 1) / (high - low) : 0;
  return {
    levels: Int16Array.from(values, (value) => Math.round((value - low) * scale)),
    colours: palette(Array.from({ length: STEPS }, (_, i) => quantityColour(i / (STEPS - 1)))),
    quantity: { name, low, high, cut: null },
  };
}

/** In one colour below a threshold, in another from it on. */
export function byThreshold(name: string, values: Float32Array, threshold: number): Colouring {
  // Rounded as the values were: one that was equal still is.
  const limit = Math.fround(threshold);
  const levels = Int16Array.from(values, (value) => (value >= limit ? 1 : 0));
  const above = levels.reduce((sum, level) => sum + level, 0);
  const [low, high] = rangeOf(values);
  const cut: Cut = { threshold, counts: [values.length - above, above] };
  return { levels, colours: palette(SIDES), quantity: { name, low, high, cut } };
}

function rangeOf(values: Float32Array): [number, number] {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return [low, high];
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

/** How many points each class has. */
export function countClasses(classes: Uint32Array, count: number): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const index of classes) counts[index]++;
  return counts;
}

function palette(colours: string[]): Uint8Array {
  return Uint8Array.from(colours.flatMap(channels));
}
