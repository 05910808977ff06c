/** One node of a graph: what an operator knows beside the inputs, and what it plans. */
import type { Constant } from "../onnx/arrays.ts";
import { need, needBetween, needSame } from "../onnx/errors.ts";
import type { Node } from "../onnx/file.ts";
import { type Budget, count, WORK } from "./budget.ts";
import { copier } from "./loops.ts";
import type { Arena, Fill } from "./arena.ts";
import {
  type Block,
  isContiguous,
  isWhole,
  rankOf,
  rowMajor,
  sizeOf,
  type Tensor,
  tensorIn,
  tensorOf,
} from "./tensor.ts";

/**
 * Plans a node: the result or results, whose numbers are computed by the steps that it adds to the
 * call. Parameters without a default are the inputs that a node must have.
 */
export type Operator = (call: Call, ...inputs: any[]) => Tensor | Tensor[];

export interface Call extends Node {
  readonly arena: Arena;
  readonly budget: Budget;
  /** Whether all inputs are known, so that the steps are done at once. */
  isKnown: boolean;
  /** What is done for every decoded row, in order. */
  readonly steps: (() => void)[];
  /** Blocks of results and of what is needed only within the node. */
  readonly made: Block[];
}

interface Attribute {
  (call: Call, name: string, fallback: number): number;
  (call: Call, name: string, fallback: string): string;
  (call: Call, name: string, fallback: number[]): number[];
  (call: Call, name: string, fallback: Constant): Constant;
}

/** An attribute of the node, of the type of `fallback`. */
export const attribute: Attribute = (call: Call, name: string, fallback: any): any => {
  const value = call.attributes.get(name) ?? fallback;
  needSame(`type of ${name}`, value.constructor.name, fallback.constructor.name);
  return value;
};

/** An index, for example of an axis, counted from the front. */
export const positive = (index: number, length: number): number => {
  needBetween("index", index, -length, length - 1);
  return index < 0 ? index + length : index;
};

/** Indices counted from the front. */
export const allPositive = (indices: number[], length: number): number[] =>
  indices.map((index) => positive(index, length));

/** The attribute "axis", counted from the front. */
export const axisOf = (call: Call, fallback: number, x: Tensor): number =>
  positive(attribute(call, "axis", fallback), rankOf(x));

/** The numbers of a tensor, which must be known; `fallback` if it is left out. */
export const valuesOf = (x: Tensor | undefined, fallback: number[] = []): number[] => {
  if (!x) return fallback;
  need(x.isKnown, "has a shape that depends on data");
  const whole = tensorOf(new Float64Array(sizeOf(x.shape)), x.shape);
  copier(x, whole)();
  return [...whole.block.numbers];
};

/** A new tensor, for the steps of this call to fill. */
export const newTensor = (
  call: Call,
  shape: number[],
  whole = false,
  strides = rowMajor(shape),
): Tensor => {
  const { isKnown } = call;
  count(call.budget, shape, isKnown);
  const size = sizeOf(shape);
  if (isKnown || whole) {
    const data = whole ? new Float64Array(size) : new Float32Array(size);
    return { ...tensorOf(data, shape, isKnown), strides };
  }
  const block = call.arena.allocate(size);
  call.made.push(block);
  return tensorIn(block, shape, strides);
};

/** A new tensor that has one value everywhere before the next steps. */
export const filled = (call: Call, shape: number[], value: number, whole = false): Tensor => {
  const result = newTensor(call, shape, whole);
  const { block, offset } = result;
  const size = sizeOf(shape);
  step(call, size / 16, () => block.numbers.fill(value, offset, offset + size));
  return result;
};

/** Memory that keeps what is written once, for example weights. */
export const kept = (call: Call, part: number, size: number, fill: Fill): Tensor => {
  count(call.budget, [size], false);
  return tensorIn(call.arena.keep(`${call.outputs} ${part}`, size, fill), [size]);
};

/** Do something for every row, or at once if all is known; `numbers` are computed. */
export const step = (call: Call, numbers: number, run: () => void): void => {
  call.budget.spend(WORK, 16 * numbers); // so much slower than the kernel
  if (call.isKnown) run();
  else call.steps.push(run);
};

/** Copy a tensor to another one of its shape. */
export const copy = (call: Call, from: Tensor, to: Tensor): void => {
  step(call, sizeOf(to.shape), copier(from, to));
};

/** The tensor with its elements in row-major order, copied if they are not. */
export const contiguous = (call: Call, x: Tensor): Tensor =>
  isContiguous(x) ? x : copied(call, x);

export const copied = (call: Call, x: Tensor): Tensor => {
  const result = newTensor(call, x.shape, isWhole(x));
  copy(call, x, result);
  return result;
};
