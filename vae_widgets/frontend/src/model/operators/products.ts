/** Products of matrices. */
import { pack, packedSize } from "../matrix/packing.ts";
import { type Call, copier, type Operator } from "./call.ts";
import { map } from "./elementwise.ts";
import { type Buffer, broadcastShape, placeOf, rowMajor, sizeOf, type Tensor } from "./tensor.ts";

/** The tensor in the arena, in row-major order, as the kernel needs it. */
export function inArena(call: Call, tensor: Tensor, part: string): Tensor {
  const whole = call.contiguous(tensor);
  if (whole.kind !== "float") call.lack("whole numbers");
  if (whole.buffer.inArena) return whole;
  const size = sizeOf(whole.shape);
  const { data } = whole.buffer;
  const { offset } = whole;
  const buffer = call.keep(part, size, (to, at) =>
    to.set(data.subarray(offset, offset + size), at),
  );
  return { ...whole, offset: 0, buffer };
}

/** Write a matrix (k, n) as the kernel reads it, from `place` on. */
function packMatrix(b: Tensor, place: number, factor: number, to: Float32Array, at: number): void {
  const { data } = b.buffer;
  const [k, n] = b.shape.slice(-2);
  const [down, right] = b.strides.slice(-2);
  pack(to, at, k, n, (row, column) => factor * data[place + row * down + column * right]);
}

/** Where the matrices of a stack begin, relative to its first number; one is taken for all. */
function stackPlaces({ shape, strides }: Tensor, stack: number[]): number[] {
  const own = shape.slice(0, -2);
  let places = [0];
  for (const [i, side] of stack.entries()) {
    const axis = i - stack.length + own.length;
    const stride = axis < 0 || own[axis] === 1 ? 0 : strides[axis];
    places = places.flatMap((place) => Array.from({ length: side }, (_, j) => place + j * stride));
  }
  return places;
}

/** The products of two stacks of matrices, times a factor. */
function multiply(call: Call, left: Tensor, right: Tensor, factor = 1): Tensor {
  const [m, k] = left.shape.slice(-2);
  const [depth, n] = right.shape.slice(-2);
  if (k !== depth) call.fail(`multiplies ${left.shape} by ${right.shape}`);
  if (right.shape.length === 2 && left.shape.length > 2) {
    // One product with all rows.
    const stack = left.shape.slice(0, -1);
    const rows = call.contiguous(left);
    const flat = { ...rows, shape: [sizeOf(stack), k], strides: [k, 1] };
    const result = multiply(call, flat, right, factor);
    const shape = [...stack, n];
    return { ...result, shape, strides: rowMajor(shape) };
  }
  const stack = broadcastShape(left.shape.slice(0, -2), right.shape.slice(0, -2));
  const result = call.tensor([...stack, m, n]);
  call.budget.addProducts(sizeOf(stack) * m * n * k);
  call.budget.addNumbers(sizeOf(result.shape));
  const a = inArena(call, left, "left");
  const [ofLeft, ofRight] = [a, right].map((each) => stackPlaces(each, stack));
  const places = [...new Set(ofRight)];
  const one = packedSize(k, n);
  const packAll = (to: Float32Array, at: number) => {
    const first = placeOf(right);
    for (const [i, place] of places.entries())
      packMatrix(right, first + place, factor, to, at + i * one);
  };
  const size = one * places.length;
  let packed: Buffer;
  if (right.isConstant) packed = call.keep("right", size, packAll);
  else {
    packed = call.scratch(size);
    call.step(size, () => packAll(call.memory.machine.floats, packed.base));
  }
  const product: { start?: Tensor } = {};
  let fill: (() => void) | undefined;
  const ofPacked = ofRight.map((place) => packed.base + one * places.indexOf(place));
  call.steps.push(() => {
    const { machine } = call.memory;
    const [from, to] = [placeOf(a), placeOf(result)];
    // Known only now: an Add that follows may have set the start.
    fill ??= product.start
      ? copier(call.stretched(product.start, result.shape), result)
      : () => zero(result);
    fill();
    for (const [i, place] of ofLeft.entries()) {
      machine.multiply(from + place, k, ofPacked[i], to + i * m * n, n, m, n, k);
    }
  });
  return { ...result, product };
}

function zero(tensor: Tensor): void {
  const at = placeOf(tensor);
  tensor.buffer.data.fill(0, at, at + sizeOf(tensor.shape));
}

/** A matrix of a vector, as MatMul takes it. */
function withAxis(tensor: Tensor, axis: number): Tensor {
  const insert = (list: number[], value: number) => list.toSpliced(axis, 0, value);
  return { ...tensor, shape: insert(tensor.shape, 1), strides: insert(tensor.strides, 0) };
}

function matMul(call: Call): Tensor[] {
  const [a, b] = [call.input(0), call.input(1)];
  const [isRow, isColumn] = [a.shape.length === 1, b.shape.length === 1];
  const result = multiply(call, isRow ? withAxis(a, 0) : a, isColumn ? withAxis(b, 1) : b);
  if (!isRow && !isColumn) return [result];
  const shape = result.shape.slice(0, -2);
  if (!isRow) shape.push(result.shape.at(-2)!);
  if (!isColumn) shape.push(result.shape.at(-1)!);
  return [{ ...result, product: undefined, shape, strides: rowMajor(shape) }];
}

function gemm(call: Call): Tensor[] {
  const turned = (i: number, name: string) => {
    const x = call.input(i);
    if (x.shape.length !== 2) call.fail(`multiplies a tensor of the shape ${x.shape}`);
    if (!call.attribute(name, 0)) return x;
    return { ...x, shape: x.shape.toReversed(), strides: x.strides.toReversed() };
  };
  const result = multiply(
    call,
    turned(0, "transA"),
    turned(1, "transB"),
    call.attribute("alpha", 1),
  );
  if (!call.has(2)) return [result];
  const beta = call.attribute("beta", 1);
  const c = call.input(2);
  const start = beta === 1 ? c : map(call, [c], (x) => beta * x);
  if (c.isConstant && beta === 1) result.product!.start = call.stretched(c, result.shape);
  else return [map(call, [result, call.stretched(start, result.shape)], (x, y) => x + y)];
  return [{ ...result, product: undefined }];
}

export const PRODUCTS: Record<string, Operator> = { Gemm: gemm, MatMul: matMul };
