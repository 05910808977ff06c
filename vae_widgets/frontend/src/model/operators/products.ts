/** Products of matrices. */
import { pack, packedSize } from "../matrix/packing.ts";
import type { Call, Operator } from "./call.ts";
import { copier, loop } from "./loops.ts";
import { fill, map, without } from "./map.ts";
import { broadcastShape, placeOf, rowMajor, sizeOf, type Tensor } from "./tensor.ts";

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

/** The products of two stacks of matrices, times a factor. */
function multiply(call: Call, left: Tensor, right: Tensor, factor = 1): Tensor {
  const [[m, k], [depth, n]] = [left, right].map(({ shape }) => shape.slice(-2));
  if (k !== depth) call.fail(`multiplies ${left.shape} by ${right.shape}`);
  if (right.shape.length === 2 && left.shape.length > 2) {
    // One product with all rows.
    const rows = call.contiguous(left);
    const shape = [...rows.shape.slice(0, -1), n];
    const flat = { ...rows, shape: [sizeOf(shape) / n, k], strides: [k, 1] };
    return { ...multiply(call, flat, right, factor), shape, strides: rowMajor(shape) };
  }
  const stack = broadcastShape(left.shape.slice(0, -2), right.shape.slice(0, -2));
  const result = call.tensor([...stack, m, n]);
  call.budget.addProducts(sizeOf(result.shape) * k);
  const a = inArena(call, left, "left");
  const [down, across] = right.strides.slice(-2);
  const packAt = (place: number, to: Float32Array, at: number) => {
    const { data } = right.buffer;
    pack(to, at, k, n, (row, column) => factor * data[place + row * down + column * across]);
  };
  const size = packedSize(k, n);
  const isKept = right.isConstant && right.shape.length === 2;
  const packed = isKept
    ? call.keep("right", size, (to, at) => packAt(placeOf(right), to, at))
    : call.scratch(size);
  const product: Tensor["product"] = {};
  let begin: (() => void) | undefined;
  const one = (tensor: Tensor) => call.stretched(withoutMatrix(tensor), stack);
  const run = loop(
    [result, a, right].map(one),
    (count, [to, from, place], [step, stride, next]) => {
      const { machine } = call.memory;
      for (let i = 0; i < count; i++, to += step, from += stride, place += next) {
        if (!isKept) packAt(place, machine.floats, packed.base);
        machine.multiply(from, k, packed.base, to, n, m, n, k);
      }
    },
  );
  const work = isKept ? 0 : sizeOf(stack) * size;
  call.step(sizeOf(result.shape) / 16 + work, () => {
    // Known only now: an Add that follows may have set the start.
    const { start } = product;
    begin ??= start ? copier(call.stretched(start, result.shape), result) : () => fill(result, 0);
    begin();
    run();
  });
  return { ...result, product };
}

/** The places of the matrices of a stack. */
function withoutMatrix(tensor: Tensor): Tensor {
  return { ...tensor, shape: tensor.shape.slice(0, -2), strides: tensor.strides.slice(0, -2) };
}

/** A vector as a matrix, as MatMul takes it. */
function withAxis(tensor: Tensor, axis: number): Tensor {
  const [shape, strides] = [
    tensor.shape.toSpliced(axis, 0, 1),
    tensor.strides.toSpliced(axis, 0, 0),
  ];
  return { ...tensor, shape, strides };
}

function matMul(call: Call): Tensor[] {
  const [a, b] = [call.input(0), call.input(1)];
  const [isRow, isColumn] = [a, b].map(({ shape }) => shape.length === 1);
  const result = multiply(call, isRow ? withAxis(a, 0) : a, isColumn ? withAxis(b, 1) : b);
  const rank = result.shape.length;
  const axes = [...(isRow ? [rank - 2] : []), ...(isColumn ? [rank - 1] : [])];
  return [axes.length ? without(call, result, axes) : result];
}

function gemm(call: Call): Tensor[] {
  const [a, b] = ["transA", "transB"].map((name, i) => {
    const x = call.input(i);
    if (x.shape.length !== 2) call.fail(`multiplies a tensor of the shape ${x.shape}`);
    if (!call.attribute(name, 0)) return x;
    return { ...x, shape: x.shape.toReversed(), strides: x.strides.toReversed() };
  });
  const result = multiply(call, a, b, call.attribute("alpha", 1));
  if (!call.has(2)) return [result];
  const beta = call.attribute("beta", 1);
  const c = call.stretched(call.input(2), result.shape);
  if (!c.isConstant || beta !== 1) return [map(call, [result, c], (x, y) => x + beta * y)];
  result.product!.start = c;
  return [{ ...result, product: undefined }];
}

export const PRODUCTS: Record<string, Operator> = { Gemm: gemm, MatMul: matMul };
