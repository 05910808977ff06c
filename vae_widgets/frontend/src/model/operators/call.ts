/** One node of a graph: what an operator knows beside the inputs, and what it plans. */
import type { Constant } from "../onnx/arrays.ts";
import { need } from "../onnx/errors.ts";
import type { Node } from "../onnx/file.ts";
import { type Budget, count, WORK } from "./budget.ts";
import { copier } from "./loops.ts";
import type { Fill, Memory } from "./memory.ts";
import {
  type Buffer,
  isContiguous,
  isWhole,
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

export interface Call {
  readonly node: Node;
  readonly index: number;
  readonly memory: Memory;
  readonly budget: Budget;
  /** Whether all inputs are known, so that the steps are done at once. */
  isKnown: boolean;
  /** What is done for every decoded row, in order. */
  readonly steps: (() => void)[];
  /** Buffers of results and of what is needed only within the node. */
  readonly made: Buffer[];
}

/** How much slower a number is to compute than a multiplication and addition of the kernel. */
const SLOWNESS = 16;

/** An attribute of the node, of the type of `fallback`. */
export function attribute(call: Call, name: string, fallback: number): number;
export function attribute(call: Call, name: string, fallback: string): string;
export function attribute(call: Call, name: string, fallback: number[]): number[];
export function attribute(call: Call, name: string, fallback: Constant): Constant;
export function attribute(call: Call, name: string, fallback: unknown): unknown {
  const value = call.node.attributes.get(name) ?? fallback;
  const isList = Array.isArray(value) === Array.isArray(fallback);
  need(isList && typeof value === typeof fallback, `has ${name} of another type`);
  return value;
}

/** An index, for example of an axis, counted from the front. */
export function positive(index: number, length: number): number {
  const isThere = index >= -length && index < length;
  need(isThere, `has the index ${index}; expected ${-length} to ${length - 1}`);
  return index < 0 ? index + length : index;
}

/** Indices counted from the front. */
export function allPositive(indices: number[], length: number): number[] {
  return indices.map((index) => positive(index, length));
}

/** The attribute "axis", counted from the front. */
export function axisOf(call: Call, fallback: number, rank: number): number {
  return positive(attribute(call, "axis", fallback), rank);
}

/** The numbers of a tensor, which must be known; `fallback` if it is left out. */
export function valuesOf(x: Tensor): number[];
export function valuesOf<T>(x: Tensor | undefined, fallback: T): number[] | T;
export function valuesOf(x?: Tensor, fallback?: unknown): unknown {
  if (!x) return fallback;
  need(x.isKnown, "has a result whose shape depends on data");
  const whole = tensorOf(new Float64Array(sizeOf(x.shape)), x.shape);
  copier(x, whole)();
  return [...whole.buffer.data];
}

/** A new tensor, for the steps of this call to fill. */
export function newTensor(
  call: Call,
  shape: number[],
  whole = false,
  strides = rowMajor(shape),
): Tensor {
  const { isKnown } = call;
  count(call.budget, shape, isKnown);
  const size = sizeOf(shape);
  if (isKnown || whole) {
    const data = whole ? new Float64Array(size) : new Float32Array(size);
    return { ...tensorOf(data, shape, isKnown), strides };
  }
  const buffer = call.memory.allocate(size);
  call.made.push(buffer);
  return tensorIn(buffer, shape, strides);
}

/** Memory that keeps what is written once, for example weights. */
export function kept(call: Call, part: number, size: number, fill: Fill): Tensor {
  count(call.budget, [size], false);
  return tensorIn(call.memory.keep(`${call.index} ${part}`, size, fill), [size]);
}

/** A tensor in the memory of another one. */
export function view(call: Call, x: Tensor, mayBeEmpty = false): Tensor {
  count(call.budget, x.shape, x.isKnown, mayBeEmpty);
  return x;
}

/** Do something for every row, or at once if all is known; `numbers` are computed. */
export function step(call: Call, numbers: number, run: () => void): void {
  call.budget.spend(WORK, SLOWNESS * numbers);
  if (call.isKnown) run();
  else call.steps.push(run);
}

/** Copy a tensor to another one of its shape. */
export function copy(call: Call, from: Tensor, to: Tensor): void {
  step(call, sizeOf(to.shape), copier(from, to));
}

/** The tensor with its elements in row-major order, copied if they are not. */
export function contiguous(call: Call, x: Tensor): Tensor {
  return isContiguous(x) ? x : copied(call, x);
}

export function copied(call: Call, x: Tensor): Tensor {
  const result = newTensor(call, x.shape, isWhole(x));
  copy(call, x, result);
  return result;
}
