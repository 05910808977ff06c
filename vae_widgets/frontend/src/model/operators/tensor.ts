/** Tensors as views of memory: most operators that only move data make another view. */
import type { Numbers } from "../onnx/arrays.ts";
import { need, needSame } from "../onnx/errors.ts";

/** Numbers that tensors view; those of the arena are there once the model is ready. */
export interface Block {
  numbers: Numbers;
  /** Its place in the arena, which has all float32 numbers but constants; 0 if it is not there. */
  readonly place: number;
  readonly size?: number;
  /** How many operations need it now or later; infinite if it is never given to another tensor. */
  uses: number;
}

/** An element at position i is at `offset + i . strides` of `block.numbers`. */
export interface Tensor {
  readonly shape: number[];
  readonly strides: number[];
  readonly offset: number;
  readonly block: Block;
  /** Whether its numbers are known while the graph is prepared. */
  readonly isKnown: boolean;
}

/** Whether a tensor has whole numbers or booleans, which are kept as doubles. */
export const isWhole = ({ block }: Tensor): boolean => block.numbers instanceof Float64Array;

/** A tensor that has its array for itself. */
export const tensorOf = (numbers: Numbers, shape = [numbers.length], isKnown = true): Tensor => {
  const block = { numbers, place: 0, uses: Infinity };
  return { shape, strides: rowMajor(shape), offset: 0, block, isKnown };
};

/** A tensor of a part of the arena. */
export const tensorIn = (block: Block, shape: number[], strides = rowMajor(shape)): Tensor => ({
  shape,
  strides,
  offset: block.place,
  block,
  isKnown: false,
});

/** Known numbers along an axis, to be stretched to tensors with `after` axes behind it. */
export const along = (numbers: number[], after = 0): Tensor =>
  tensorOf(Float64Array.from(numbers), [numbers.length, ...new Array(after).fill(1)]);

export const rankOf = ({ shape }: Tensor): number => shape.length;

/** The numbers from 0 up to n. */
export const upTo = (n: number): number[] => [...new Array(n).keys()];

export const axesOf = (x: Tensor): number[] => upTo(rankOf(x));

export const sizeOf = (shape: number[]): number => shape.reduce((a, b) => a * b, 1);

/** Strides of an array of this shape in row-major order. */
export const rowMajor = (shape: number[]): number[] =>
  shape.map((_, i) => sizeOf(shape.slice(i + 1)));

/** Whether the elements follow each other in memory in row-major order. */
export const isContiguous = ({ shape, strides }: Tensor): boolean => {
  const expected = rowMajor(shape);
  return shape.every((side, i) => side === 1 || strides[i] === expected[i]);
};

/** Whether the elements fill memory without gaps, in some order of the axes. */
export const isDense = (x: Tensor): boolean => {
  const axes = axesOf(x).sort((a, b) => x.strides[b] - x.strides[a]);
  return isContiguous(ordered(x, axes));
};

/** The memory of a tensor with another shape: in row-major order, or with strides. */
export const viewed = (x: Tensor, shape: number[], strides = rowMajor(shape)): Tensor => ({
  ...x,
  shape,
  strides,
});

/** The tensor with its axes in another order. */
export const ordered = (x: Tensor, axes: number[]): Tensor =>
  viewed(
    x,
    axes.map((axis) => x.shape[axis]),
    axes.map((axis) => x.strides[axis]),
  );

/** The tensor with an axis of one number before another. */
export const inserted = (x: Tensor, axis: number): Tensor =>
  viewed(x, x.shape.toSpliced(axis, 0, 1), x.strides.toSpliced(axis, 0, 1));

/** Places along an axis: the first, their number, and the distance between them. */
export type Range = [start: number, count: number, step?: number];

/** Some places along an axis. */
export const narrowed = (x: Tensor, axis: number, ...[start, count, step = 1]: Range): Tensor => {
  const stride = x.strides[axis];
  const shape = x.shape.with(axis, count);
  const offset = x.offset + (count && start * stride);
  return { ...viewed(x, shape, x.strides.with(axis, stride * step)), offset };
};

/** Some places along each of the first axes. */
export const narrowedAll = (x: Tensor, ranges: Range[]): Tensor =>
  ranges.reduce((part, range, axis) => narrowed(part, axis, ...range), x);

/** The shape that two shapes are repeated to, as in NumPy. */
export const broadcastShape = (a: number[], b: number[]): number[] => {
  if (a.length > b.length) [a, b] = [b, a];
  const before = b.length - a.length;
  return b.map((q, i) => {
    const p = a[i - before] ?? 1;
    need(p === q || p === 1 || q === 1, `joins the shapes ${a} and ${b}`);
    return p === 1 ? q : p;
  });
};

/** A tensor repeated to a larger shape. */
export const stretched = (x: Tensor, shape: number[]): Tensor => {
  needSame("shape", broadcastShape(x.shape, shape), shape);
  const before = shape.length - rankOf(x);
  const strides = shape.map((_, i) => (x.shape[i - before] > 1 ? x.strides[i - before] : 0));
  return viewed(x, shape, strides);
};
