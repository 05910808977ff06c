/** Loops over the elements of several tensors of one shape, each with strides of its own. */
import type { Numbers } from "./tensor.ts";

/** Nested loops, the innermost last: sides, and the strides of each tensor. */
export interface Nest {
  sides: number[];
  strides: number[][];
}

/** Nest loops so that the first tensor is walked in its order in memory; join those that can be. */
export function nest(shape: number[], ...strides: number[][]): Nest {
  const axes = shape.map((_, i) => i).filter((i) => shape[i] !== 1);
  axes.sort((a, b) => Math.abs(strides[0][b]) - Math.abs(strides[0][a]));
  const sides: number[] = [];
  const found: number[][] = strides.map(() => []);
  for (const axis of axes) {
    const last = sides.length - 1;
    const side = shape[axis];
    if (last >= 0 && strides.every((each, t) => found[t][last] === each[axis] * side)) {
      sides[last] *= side;
      found.forEach((each, t) => {
        each[last] = strides[t][axis];
      });
    } else {
      sides.push(side);
      found.forEach((each, t) => {
        each.push(strides[t][axis]);
      });
    }
  }
  if (sides.length) return { sides, strides: found };
  return { sides: [1], strides: strides.map(() => [0]) };
}

/** Call `row` with the places at which each innermost loop begins; `places` are changed. */
export function walk(
  { sides, strides }: Nest,
  places: number[],
  row: (places: number[]) => void,
): void {
  const depth = sides.length - 1;
  if (sides.includes(0)) return;
  const at = new Array(depth).fill(0);
  for (;;) {
    row(places);
    let axis = depth - 1;
    for (; axis >= 0; axis--) {
      for (let t = 0; t < places.length; t++) places[t] += strides[t][axis];
      if (++at[axis] < sides[axis]) break;
      for (let t = 0; t < places.length; t++) places[t] -= strides[t][axis] * sides[axis];
      at[axis] = 0;
    }
    if (axis < 0) return;
  }
}

/** Copy `n` numbers between places with strides. */
export function copyRow(
  to: Numbers,
  at: number,
  step: number,
  from: Numbers,
  place: number,
  stride: number,
  n: number,
): void {
  if (step === 1 && stride === 1 && n > 8) {
    if (to === from) to.copyWithin(at, place, place + n);
    else to.set(from.subarray(place, place + n), at);
  } else {
    for (let i = 0; i < n; i++, at += step, place += stride) to[at] = from[place];
  }
}
