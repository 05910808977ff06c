/** The colour of each point, from its class or from a quantity. */

import { filled } from "../../kernel/arrays.ts";
import { categoryColour, categoryMark, channels, DISTINCT, labelColour, quantityColour } from "../../canvas/palette.ts";

export interface Quantity {
  name: string;
  /** Range of the known values; NaN if there are none. */
  low: number;
  high: number;
  /** Number of points without a value. */
  unknown: number;
  /** Set if a threshold divides it into two colours. */
  cut: Cut | null;
}

export interface Cut {
  threshold: number;
  /** Number of points below, and at or above. */
  counts: [number, number];
}

export interface Colouring {
  /** Row of `colours` for each point, -1 where it is hidden. */
  levels: Int16Array;
  /** r, g, b of each level, 0 to 255. */
  colours: Uint8Array;
  /** Shape of each level, as in `MARKS`; null where all are discs. */
  marks: Uint8Array | null;
  /** Set if a quantity colours the points. */
  quantity: Quantity | null;
}

const STEPS = 256;
/** Colours below, and at or above a threshold, as in a histogram with labels. */
export const SIDES = [0, 1].map(labelColour);
/** Number of the group of points without a value, beside the two sides of a threshold. */
export const NO_SIDE = SIDES.length;

/** All `n` points in one colour. */
export function uniform(n: number): Colouring {
  return { levels: new Int16Array(n), colours: palette([categoryColour(0)]), marks: null, quantity: null };
}

/** Each class in its colour, with its mark; points without a class, `count`, in `unknown`. */
export function byClass(classes: Uint32Array, count: number, unknown: string): Colouring {
  const known = [...Array(Math.min(count, DISTINCT)).keys()];
  // Not the class numbers, which may exceed an Int16.
  const levels = filled(new Int16Array(classes.length), (i) =>
    classes[i] === count ? known.length : classes[i] % DISTINCT,
  );
  const colours = palette([...known.map(categoryColour), unknown]);
  const marks = Uint8Array.from([...known.map(categoryMark), 0]);
  return { levels, colours, marks: marks.some(Boolean) ? marks : null, quantity: null };
}

/** The colours of quantities from the lowest to the highest value. */
export function byQuantity(name: string, values: Float32Array, unknown: string): Colouring {
  const { low, high, missing } = rangeOf(values);
  const scale = high > low ? (STEPS - 1) / (high - low) : 0;
  const ramp = Array.from({ length: STEPS }, (_, i) => quantityColour(i / (STEPS - 1)));
  return {
    levels: filled(new Int16Array(values.length), (i) =>
      Number.isNaN(values[i]) ? STEPS : Math.round((values[i] - low) * scale),
    ),
    colours: palette([...ramp, unknown]),
    marks: null,
    quantity: { name, low, high, unknown: missing, cut: null },
  };
}

/** One colour below a threshold, another one at or above it. */
export function byThreshold(
  name: string,
  values: Float32Array,
  threshold: number,
  unknown: string,
): Colouring {
  // Rounded like the values, so that equal numbers stay equal.
  const limit = Math.fround(threshold);
  const levels = filled(new Int16Array(values.length), (i) =>
    Number.isNaN(values[i]) ? NO_SIDE : values[i] >= limit ? 1 : 0,
  );
  const above = levels.reduce((sum, level) => sum + Number(level === 1), 0);
  const { low, high, missing } = rangeOf(values);
  const cut: Cut = { threshold, counts: [values.length - missing - above, above] };
  return {
    levels,
    colours: palette([...SIDES, unknown]),
    marks: null,
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

/** Hide the points of some groups of a quantity, in place. */
export function hideSides(colouring: Colouring, hidden: number[]): void {
  const { quantity, levels } = colouring;
  if (quantity?.cut) hide(colouring, levels, hidden);
  else if (quantity && hidden.includes(NO_SIDE)) hide(colouring, levels, [STEPS]);
}

/** Hide the points of some groups (classes or levels), in place. */
export function hide(
  { levels }: Colouring,
  groups: Uint32Array | Int16Array,
  hidden: number[],
): void {
  const off = new Set(hidden);
  if (off.size) groups.forEach((index, i) => off.has(index) && (levels[i] = -1));
}

/** Number of points of each of `count` classes. */
export function countClasses(classes: Uint32Array, count: number): number[] {
  const counts = new Array<number>(count).fill(0);
  for (let i = 0; i < classes.length; i++) counts[classes[i]]++;
  return counts;
}

function palette(colours: string[]): Uint8Array {
  return Uint8Array.from(colours.flatMap(channels));
}
