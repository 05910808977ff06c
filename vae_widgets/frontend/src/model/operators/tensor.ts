/** Tensors as views of memory: most operators that only move data make another view. */
import type { Numbers } from "../onnx/arrays.ts";
import { need } from "../onnx/errors.ts";

/** A part of memory that tensors view; `data` of the arena is there once the model is ready. */
export interface Buffer {
  data: Numbers;
  /** Its place in the arena, which has all float32 numbers but constants; 0 if it is not there. */
  readonly place: number;
  readonly size: number;
  /** How many operations need it now or later; infinite if it is never given to another tensor. */
  uses: number;
}

/** An element at position i is at `at + i . strides` of `buffer.data`. */
export interface Tensor {
  readonly shape: number[];
  readonly strides: number[];
  readonly at: number;
  readonly buffer: Buffer;
  /** Whether its numbers are known while the graph is prepared. */
  readonly isKnown: boolean;
}

/** Whether a tensor has whole numbers or booleans, which are kept as doubles. */
export function isWhole({ buffer }: Tensor): boolean {
  return buffer.data instanceof Float64Array;
}

/** A tensor that has its array for itself. */
export function tensorOf(data: Numbers, shape = [data.length], isKnown = true): Tensor {
  const buffer = { data, place: 0, size: 0, uses: Infinity };
  return { shape, strides: rowMajor(shape), at: 0, buffer, isKnown };
}

/** A tensor of a part of the arena. */
export function tensorIn(buffer: Buffer, shape: number[], strides = rowMajor(shape)): Tensor {
  return { shape, strides, at: buffer.place, buffer, isKnown: false };
}

/** Known numbers along an axis, to be stretched to tensors with `after` axes behind it. */
export function along(numbers: number[], after = 0): Tensor {
  return tensorOf(Float64Array.from(numbers), [numbers.length, ...new Array(after).fill(1)]);
}

/** The numbers from 0 up to n. */
export function upTo(n: number): number[] {
  return [...new Array(n).keys()];
}

export function axesOf({ shape }: Tensor): number[] {
  return upTo(shape.length);
}

export function sizeOf(shape: number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Strides of an array of this shape in row-major order. */
export function rowMajor(shape: number[]): number[] {
  return shape.map((_, i) => sizeOf(shape.slice(i + 1)));
}

/** Whether the elements follow each other in memory in row-major order. */
export function isContiguous({ shape, strides }: Tensor): boolean {
  const expected = rowMajor(shape);
  return shape.every((side, i) => side === 1 || strides[i] === expected[i]);
}

/** Whether the elements fill memory without gaps, in some order of the axes. */
export function isDense(x: Tensor): boolean {
  const axes = axesOf(x).sort((a, b) => x.strides[b] - x.strides[a]);
  return isContiguous(ordered(x, axes));
}

/** The tensor with its axes in another order. */
export function ordered(x: Tensor, axes: number[]): Tensor {
  const [shape, strides] = [x.shape, x.strides].map((list) => axes.map((axis) => list[axis]));
  return { ...x, shape, strides };
}

/** The tensor with an axis of one number before another. */
export function inserted(x: Tensor, axis: number): Tensor {
  const [shape, strides] = [x.shape, x.strides].map((list) => list.toSpliced(axis, 0, 1));
  return { ...x, shape, strides };
}

/** Some places along an axis: the first, their number, and the distance between them. */
export function narrowed(x: Tensor, axis: number, start: number, count: number, step = 1): Tensor {
  const stride = x.strides[axis];
  return {
    ...x,
    shape: x.shape.with(axis, count),
    strides: x.strides.with(axis, stride * step),
    at: x.at + (count && start * stride),
  };
}

/** The shape that two shapes are repeated to, as in NumPy. */
export function broadcastShape(a: number[], b: number[]): number[] {
  if (a.length > b.length) [a, b] = [b, a];
  const before = b.length - a.length;
  return b.map((q, i) => {
    const p = a[i - before] ?? 1;
    need(p === q || p === 1 || q === 1, `joins the shapes ${a} and ${b}`);
    return p === 1 ? q : p;
  });
}

/** A tensor repeated to a larger shape. */
export function stretched(x: Tensor, shape: number[]): Tensor {
  need(`${broadcastShape(x.shape, shape)}` === `${shape}`, `repeats ${x.shape} to ${shape}`);
  const before = shape.length - x.shape.length;
  const strides = shape.map((_, i) => (x.shape[i - before] > 1 ? x.strides[i - before] : 0));
  return { ...x, shape, strides };
}
