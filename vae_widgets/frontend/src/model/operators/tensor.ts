/** Tensors as views of memory: most operators that only move data make another view. */
import type { NumberKind } from "../onnx/arrays.ts";

export type Numbers = Float32Array | Float64Array;

/** A part of memory that tensors view; `data` of the arena is there once the model is ready. */
export interface Buffer {
  data: Numbers;
  /** Where the buffer begins in `data`. */
  base: number;
  readonly size: number;
  /** Whether it is in the arena, which has all float32 numbers but those of constants. */
  readonly inArena: boolean;
  /** How many later operations, and results of the graph, need it. */
  uses: number;
}

/** An element at position i is at `buffer.base + offset + i . strides`. */
export interface Tensor {
  readonly shape: number[];
  readonly strides: number[];
  readonly offset: number;
  readonly kind: NumberKind;
  readonly buffer: Buffer;
  /** Whether its numbers are known while the graph is prepared. */
  readonly isConstant: boolean;
  /** Set by a product that can begin with another tensor than zeros. */
  readonly product?: { start?: Tensor };
}

/** Where the first element is in `buffer.data`, once the model is ready. */
export function placeOf({ buffer, offset }: Tensor): number {
  return buffer.base + offset;
}

export function sizeOf(shape: number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Strides of an array of this shape in row-major order. */
export function rowMajor(shape: number[]): number[] {
  const strides = new Array(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

/** Whether the elements follow each other in memory in row-major order. */
export function isContiguous({ shape, strides }: Tensor): boolean {
  const expected = rowMajor(shape);
  return shape.every((side, i) => side === 1 || strides[i] === expected[i]);
}

/** Whether the elements fill memory without gaps, in some order of the axes. */
export function isDense({ shape, strides }: Tensor): boolean {
  const axes = shape.map((_, i) => i).filter((i) => shape[i] !== 1);
  axes.sort((a, b) => strides[b] - strides[a]);
  const sides = axes.map((i) => shape[i]);
  return rowMajor(sides).every((stride, i) => stride === strides[axes[i]]);
}

/** The shape that two shapes are repeated to, as in NumPy. */
export function broadcastShape(a: number[], b: number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [p, q] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    if (p !== q && p !== 1 && q !== 1) throw new RangeError(`it joins ${a} and ${b}`);
    return p === 1 ? q : p;
  });
}

/** Strides with which a tensor is read as one of a larger shape. */
export function stretchedStrides({ shape, strides }: Tensor, to: number[]): number[] {
  const before = to.length - shape.length;
  return to.map((_, i) => (i < before || shape[i - before] === 1 ? 0 : strides[i - before]));
}
