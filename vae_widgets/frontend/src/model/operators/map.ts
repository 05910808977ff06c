/** What most operators are made of: computing number by number, and taking numbers together. */
import type { Numbers } from "../onnx/arrays.ts";
import { type Call, filled, newTensor, step } from "./call.ts";
import { loop } from "./loops.ts";
import {
  axesOf,
  broadcastShape,
  isDense,
  isWhole,
  ordered,
  rowMajor,
  sizeOf,
  stretched,
  type Tensor,
} from "./tensor.ts";

/** Whether a result may be written over a tensor: nothing else needs it. */
export const mayReplace = (x: Tensor): boolean => x.block.uses === 1 && isDense(x);

/** Computes n numbers: arrays, places and steps of the result and of up to three tensors. */
type Row = (n: number, data: Numbers[], places: number[], steps: number[]) => void;

/** Compute rows of tensors of shapes that fit each other; the result may replace one. */
const mapRows = (call: Call, tensors: Tensor[], whole: boolean, row: Row): Tensor => {
  const shape = tensors.map((each) => each.shape).reduce(broadcastShape);
  const full = tensors.filter((each) => `${each.shape}` === `${shape}`);
  const strides = full.find(isDense)?.strides ?? rowMajor(shape);
  const result = (!whole && full.find(mayReplace)) || newTensor(call, shape, whole, strides);
  const all = [result, ...tensors];
  const run = loop(
    all.map((each) => stretched(each, shape)),
    (n, places, steps) =>
      row(
        n,
        all.map(({ block }) => block.numbers),
        places,
        steps,
      ),
  );
  step(call, sizeOf(shape), run);
  return result;
};

/** Compute `f` of the numbers at the same place of one to three tensors. */
export const map = (
  call: Call,
  tensors: Tensor[],
  f: (a: number, b: number, c: number) => number,
  whole = isWhole(tensors[0]),
): Tensor =>
  mapRows(
    call,
    tensors,
    whole,
    (n, [to, x, y = x, z = x], [at, i, j = i, k = i], [step, di, dj = 0, dk = 0]) => {
      for (let done = 0; done < n; done++, at += step, i += di, j += dj, k += dk)
        to[at] = f(x[i], y[j], z[k]);
    },
  );

/** The sum of two tensors; as biases are in every layer, it has a loop without another function. */
export const add = (call: Call, a: Tensor, b: Tensor): Tensor =>
  mapRows(call, [a, b], isWhole(a), (n, [to, x, y], [at, i, j], [step, di, dj]) => {
    for (let done = 0; done < n; done++, at += step, i += di, j += dj) to[at] = x[i] + y[j];
  });

/** Begin with `start` and take in each number along some axes with `f`; they keep one number each. */
export const reduce = (
  call: Call,
  x: Tensor,
  axes: number[],
  start: number,
  f: (sum: number, x: number) => number,
): Tensor => {
  const shape = x.shape.map((side, i) => (axes.includes(i) ? 1 : side));
  const result = filled(call, shape, start, isWhole(x));
  const run = loop([stretched(result, x.shape), x], (n, [at, place], [step, stride]) => {
    const from = x.block.numbers;
    const to = result.block.numbers;
    let sum = to[at]; // in double precision
    for (let i = 0; i < n; i++, at += step, place += stride) {
      sum = f(step ? to[at] : sum, from[place]);
      to[at] = sum;
    }
  });
  step(call, sizeOf(x.shape), run);
  return result;
};

/** The tensor without axes of one number. */
export const without = (x: Tensor, axes: number[]): Tensor =>
  ordered(
    x,
    axesOf(x).filter((axis) => !axes.includes(axis)),
  );
