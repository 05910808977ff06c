/** One node of a graph with its inputs: what an operator knows, and what it plans. */
import type { Constant, NumberKind } from "../onnx/arrays.ts";
import { BadModelError, UnsupportedModelError } from "../onnx/errors.ts";
import type { Node } from "../onnx/file.ts";
import type { Budget } from "./budget.ts";
import { copier } from "./loops.ts";
import { type Memory, ownBuffer } from "./memory.ts";
import {
  type Buffer,
  broadcastShape,
  isContiguous,
  isDense,
  rowMajor,
  sizeOf,
  stretchedStrides,
  type Tensor,
} from "./tensor.ts";

/** Plans a node: the results, whose numbers are computed by the steps that it adds to the call. */
export type Operator = (call: Call) => Tensor[];

/** Operators that need the arena, and so are not computed while the graph is prepared. */
const PRODUCTS = new Set(["MatMul", "Gemm", "Conv", "ConvTranspose"]);

/** A tensor whose numbers are known. */
export function constantOf({ kind, shape, data }: Constant): Tensor {
  return {
    shape,
    strides: rowMajor(shape),
    offset: 0,
    kind,
    buffer: ownBuffer(data),
    isConstant: true,
  };
}

export class Call {
  readonly node: Node;
  readonly memory: Memory;
  readonly budget: Budget;
  /** What is done for every decoded row, in order. */
  readonly steps: (() => void)[] = [];
  /** Buffers of results and of what is needed only within the node. */
  readonly made: Buffer[] = [];
  readonly #inputs: (Tensor | undefined)[];
  readonly #index: number;
  readonly #isConstant: boolean;

  constructor(
    node: Node,
    index: number,
    inputs: (Tensor | undefined)[],
    memory: Memory,
    budget: Budget,
  ) {
    this.node = node;
    this.memory = memory;
    this.budget = budget;
    this.#index = index;
    this.#inputs = inputs;
    this.#isConstant = !PRODUCTS.has(node.op) && inputs.every((each) => !each || each.isConstant);
  }

  has(i: number): boolean {
    return this.#inputs[i] !== undefined;
  }

  input(i: number): Tensor {
    return this.#inputs[i] ?? this.fail(`lacks input ${i}`);
  }

  /** The inputs that are there. */
  get given(): Tensor[] {
    return this.#inputs.filter((each) => each !== undefined);
  }

  shape(i = 0): number[] {
    return this.input(i).shape;
  }

  /** An attribute of the type of `fallback`, a list of numbers if that is undefined. */
  attribute(name: string, fallback: number): number;
  attribute(name: string, fallback: string): string;
  attribute(name: string, fallback: number[]): number[];
  attribute(name: string, fallback?: number[]): number[] | undefined;
  attribute(name: string, fallback?: unknown): unknown {
    const value = this.node.attributes.get(name);
    if (value === undefined) return fallback;
    const good = Array.isArray(fallback ?? [])
      ? Array.isArray(value)
      : typeof value === typeof fallback;
    return good ? value : this.fail(`has ${name} of another type`);
  }

  /** The numbers of input i, which must be known. */
  values(i: number): number[] {
    const tensor = this.input(i);
    if (!tensor.isConstant) this.fail("has a result whose shape depends on data");
    const { data } = this.contiguous(tensor).buffer;
    const { offset } = this.contiguous(tensor);
    return [...data.subarray(offset, offset + sizeOf(tensor.shape))];
  }

  /** Whole numbers that are input i or an attribute. */
  numbers(i: number, name = ""): number[] | undefined {
    if (this.has(i)) return this.values(i);
    return this.attribute(name);
  }

  /** The attribute "axis", counted from the front. */
  axis(fallback: number, rank = this.shape().length): number {
    return this.positive(this.attribute("axis", fallback), rank);
  }

  /** An axis counted from the front. */
  positive(axis: number, rank: number): number {
    if (!(axis >= -rank && axis < rank)) this.fail(`has the axis ${axis} of ${rank}`);
    return axis < 0 ? axis + rank : axis;
  }

  fail(problem: string): never {
    throw new BadModelError(`it ${problem}`);
  }

  /** The operator is known, this use of it is not. */
  lack(use: string): never {
    throw new UnsupportedModelError(
      `the operator ${this.node.op} with ${use} does not run in the page`,
    );
  }

  /** A new tensor, for the steps of this call to fill. */
  tensor(shape: number[], kind: NumberKind = "float", strides = rowMajor(shape)): Tensor {
    this.budget.addTensor(shape, this.#isConstant);
    const size = sizeOf(shape);
    const buffer =
      this.#isConstant || kind !== "float"
        ? ownBuffer(kind === "float" ? new Float32Array(size) : new Float64Array(size))
        : this.memory.allocate(size);
    if (buffer.inArena) this.made.push(buffer);
    return { shape, strides, offset: 0, kind, buffer, isConstant: this.#isConstant };
  }

  /** The same numbers in another shape, or some of them. */
  view(tensor: Tensor, shape: number[], strides: number[], offset = 0, mayBeEmpty = false): Tensor {
    this.budget.addTensor(shape, tensor.isConstant, mayBeEmpty);
    return { ...tensor, product: undefined, shape, strides, offset: tensor.offset + offset };
  }

  /** Do something for every row, or at once if all is known; `count` numbers are computed. */
  step(count: number, run: () => void): void {
    this.budget.addNumbers(count);
    if (this.#isConstant) run();
    else this.steps.push(run);
  }

  /** Memory within this node alone. */
  scratch(size: number): Buffer {
    this.budget.addBytes(4 * size);
    const buffer = this.memory.allocate(size);
    this.made.push(buffer);
    return buffer;
  }

  /** Memory that keeps its content, for example weights; `part` is its name within the node. */
  keep(part: string, size: number, fill?: (data: Float32Array, at: number) => void): Buffer {
    this.budget.addBytes(4 * size);
    return this.memory.keep(`${this.#index} ${part}`, size, fill);
  }

  /** Whether a step may write its result over a tensor: no one else needs it. */
  mayReplace(tensor: Tensor): boolean {
    const same = ({ buffer }: Tensor) => buffer === tensor.buffer;
    const alone = this.given.filter(same).length <= 1;
    return tensor.buffer.inArena && !tensor.buffer.uses && alone && isDense(tensor);
  }

  /** The tensor with its elements in row-major order, copied if they are not. */
  contiguous(tensor: Tensor): Tensor {
    return isContiguous(tensor) ? tensor : this.copied(tensor);
  }

  copied(tensor: Tensor): Tensor {
    const result = tensor.isConstant
      ? constantLike(tensor)
      : this.tensor(tensor.shape, tensor.kind);
    if (tensor.isConstant) copier(tensor, result)();
    else this.step(sizeOf(tensor.shape), copier(tensor, result));
    return result;
  }

  /** A tensor repeated to a larger shape. */
  stretched(tensor: Tensor, shape: number[]): Tensor {
    if (`${broadcastShape(tensor.shape, shape)}` !== `${shape}`)
      this.fail(`repeats ${tensor.shape} to ${shape}`);
    return { ...tensor, shape, strides: stretchedStrides(tensor, shape) };
  }
}

function constantLike({ shape, kind }: Tensor): Tensor {
  const size = sizeOf(shape);
  const data = kind === "float" ? new Float32Array(size) : new Float64Array(size);
  return constantOf({ kind, shape, data });
}
