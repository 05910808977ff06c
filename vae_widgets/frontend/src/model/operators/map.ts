/** What most operators are made of: computing number by number, and taking numbers together. */
import type { NumberKind } from "../onnx/arrays.ts";
import { type Call, constantOf } from "./call.ts";
import { loop } from "./loops.ts";
import { broadcastShape, isDense, rowMajor, sizeOf, type Tensor } from "./tensor.ts";

export type Function3 = (a: number, b: number, c: number) => number;

/** Compute `f` of one to three tensors of shapes that fit each other; the result may replace one. */
export function map(
  call: Call,
  tensors: Tensor[],
  f: Function3,
  kind: NumberKind = tensors[0].kind,
): Tensor {
  const shape = tensors.map((each) => each.shape).reduce(broadcastShape);
  const whole = tensors.filter((each) => `${each.shape}` === `${shape}`);
  const replaced = kind === "float" && whole.find((each) => call.mayReplace(each));
  const result =
    replaced || call.tensor(shape, kind, whole.find(isDense)?.strides ?? rowMajor(shape));
  const [a, b = a, c = a] = tensors;
  const all = [result, ...tensors.map((each) => call.stretched(each, shape))];
  const run = loop(all, (n, [at, i, j = i, k = i], [step, di, dj = 0, dk = 0]) => {
    const to = result.buffer.data;
    const x = a.buffer.data;
    const y = b.buffer.data;
    const z = c.buffer.data;
    for (let done = 0; done < n; done++, at += step, i += di, j += dj, k += dk)
      to[at] = f(x[i], y[j], z[k]);
  });
  call.step(sizeOf(shape), run);
  return { ...result, product: undefined };
}

/** Begin with `start` and take in each number along some axes with `f`; they keep one number each. */
export function reduce(
  call: Call,
  x: Tensor,
  axes: number[],
  start: number,
  f: (sum: number, x: number) => number,
): Tensor {
  const result = call.tensor(
    x.shape.map((side, i) => (axes.includes(i) ? 1 : side)),
    x.kind,
  );
  const run = loop([call.stretched(result, x.shape), x], (n, [at, place], [step, stride]) => {
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
  call.step(sizeOf(x.shape), () => {
    fill(result, start);
    run();
  });
  return result;
}

/** Fill a tensor in row-major order. */
export function fill({ buffer, offset, shape }: Tensor, value: number): void {
  const at = buffer.base + offset;
  buffer.data.fill(value, at, at + sizeOf(shape));
}

/** The tensor without axes of one number. */
export function without(call: Call, x: Tensor, axes: number[]): Tensor {
  const rest = (list: number[]) => list.filter((_, i) => !axes.includes(i));
  return call.view(x, rest(x.shape), rest(x.strides));
}

/** Known numbers along an axis, to be stretched to tensors with `after` axes behind it. */
export function known(numbers: ArrayLike<number>, kind: NumberKind = "float", after = 0): Tensor {
  const data = kind === "float" ? Float32Array.from(numbers) : Float64Array.from(numbers);
  return constantOf({ kind, shape: [data.length, ...new Array(after).fill(1)], data });
}
