/** What most operators are made of: computing number by number, and taking numbers together. */
import { type Call, newTensor, step, view } from "./call.ts";
import { fill, loop } from "./loops.ts";
import {
  broadcastShape,
  isDense,
  isWhole,
  ordered,
  rowMajor,
  sizeOf,
  stretched,
  type Tensor,
  upTo,
} from "./tensor.ts";

export const plus = (a: number, b: number) => a + b;

/** Whether a result may be written over a tensor: nothing else needs it. */
export function mayReplace(x: Tensor): boolean {
  return x.buffer.uses === 1 && isDense(x);
}

/** Compute `f` of one to three tensors of shapes that fit each other; the result may replace one. */
export function map(
  call: Call,
  tensors: Tensor[],
  f: (a: number, b: number, c: number) => number,
  whole = isWhole(tensors[0]),
): Tensor {
  const shape = tensors.map((each) => each.shape).reduce(broadcastShape);
  const full = tensors.filter((each) => `${each.shape}` === `${shape}`);
  const replaced = !whole && full.find(mayReplace);
  const strides = full.find(isDense)?.strides ?? rowMajor(shape);
  const result = replaced || newTensor(call, shape, whole, strides);
  const [a, b = a, c = a] = tensors;
  const all = [result, ...tensors.map((each) => stretched(each, shape))];
  const run = loop(all, (n, [at, i, j = i, k = i], [step, di, dj = 0, dk = 0]) => {
    const to = result.buffer.data;
    const x = a.buffer.data;
    const y = b.buffer.data;
    const z = c.buffer.data;
    for (let done = 0; done < n; done++, at += step, i += di, j += dj, k += dk)
      to[at] = f(x[i], y[j], z[k]);
  });
  step(call, sizeOf(shape), run);
  return result;
}

/** Begin with `start` and take in each number along some axes with `f`; they keep one number each. */
export function reduce(
  call: Call,
  x: Tensor,
  axes: number[],
  start: number,
  f: (sum: number, x: number) => number,
): Tensor {
  const shape = x.shape.map((side, i) => (axes.includes(i) ? 1 : side));
  const result = newTensor(call, shape, isWhole(x));
  const run = loop([stretched(result, x.shape), x], (n, [at, place], [step, stride]) => {
    const from = x.buffer.data;
    const to = result.buffer.data;
    let sum = to[at]; // in double precision
    for (let i = 0; i < n; i++, place += stride) {
      sum = f(step ? to[at] : sum, from[place]);
      if (step) {
        to[at] = sum;
        at += step;
      }
    }
    if (!step) to[at] = sum;
  });
  step(call, sizeOf(x.shape), () => {
    fill(result, start);
    run();
  });
  return result;
}

/** The tensor without axes of one number. */
export function without(call: Call, x: Tensor, axes: number[]): Tensor {
  const rest = upTo(x.shape.length).filter((axis) => !axes.includes(axis));
  return view(call, x, ordered(x, rest));
}
