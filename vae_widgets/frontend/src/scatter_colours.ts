/** From classes or a quantity to one colour a point. */

import { categoryColour, channels, quantityColour } from "./palette.ts";

export interface Quantity {
  name: string;
  low: number;
  high: number;
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

/** All `n` points in one colour. */
export function plain(n: number): Colouring {
  return { levels: new Int16Array(n), colours: palette([categoryColour(0)]), quantity: null };
}

/** Each class in its own colour of the cycle. */
export function byClass(classes: Uint32Array, count: number): Colouring {
  const names = Array.from({ length: count }, (_, i) => categoryColour(i));
  return { levels: Int16Array.from(classes), colours: palette(names), quantity: null };
}

/** From the lowest to the highest value in viridis. */
export function byQuantity(name: string, values: Float32Array): Colouring {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const scale = high > low ? (STEPS - 1) / (high - low) : 0;
  return {
    levels: Int16Array.from(values, (value) => Math.round((value - low) * scale)),
    colours: palette(Array.from({ length: STEPS }, (_, i) => quantityColour(i / (STEPS - 1)))),
    quantity: { name, low, high },
  };
}

/** Take the points of hidden classes out, in place. */
export function hide({ levels }: Colouring, classes: Uint32Array, hidden: number[]): void {
  const off = new Set(hidden);
  if (off.size) classes.forEach((index, i) => off.has(index) && (levels[i] = -1));
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
