/** Products of matrices. */
import { pack, packedSize } from "../matrix/packing.ts";
import { lack, need } from "../onnx/errors.ts";
import { WORK } from "./budget.ts";
import {
  attribute,
  type Call,
  contiguous,
  copied,
  kept,
  newTensor,
  type Operator,
  step,
} from "./call.ts";
import { copier, fill, loop } from "./loops.ts";
import { map, mayReplace, plus, without } from "./map.ts";
import {
  broadcastShape,
  inserted,
  isContiguous,
  isWhole,
  ordered,
  rowMajor,
  sizeOf,
  stretched,
  type Tensor,
} from "./tensor.ts";

/** The tensor in the arena, in row-major order, as the kernel needs it. */
export function inArena(call: Call, x: Tensor): Tensor {
  if (isWhole(x)) lack("whole numbers");
  return x.buffer.place && isContiguous(x) ? x : copied(call, x);
}

/** How to let a product begin with known numbers, one for each column, rather than with zeros. */
const beginnings = new WeakMap<Tensor, (row: Tensor) => void>();

/** The products of two stacks of matrices, times a factor. */
function multiply(call: Call, left: Tensor, right: Tensor, factor = 1): Tensor {
  call.isKnown = false; // the kernel is not there while the graph is prepared
  const [[m, k], [depth, n]] = [left, right].map(({ shape }) => shape.slice(-2));
  need(k === depth, `multiplies ${left.shape} by ${right.shape}`);
  if (right.shape.length === 2 && left.shape.length > 2) {
    // One product with all rows.
    const rows = contiguous(call, left);
    const shape = [...rows.shape.slice(0, -1), n];
    const flat = { ...rows, shape: [sizeOf(shape) / n, k], strides: [k, 1] };
    const product = multiply(call, flat, right, factor);
    const result = { ...product, shape, strides: rowMajor(shape) };
    beginnings.set(result, beginnings.get(product)!);
    return result;
  }
  const stack = broadcastShape(left.shape.slice(0, -2), right.shape.slice(0, -2));
  const result = newTensor(call, [...stack, m, n]);
  call.budget.spend(WORK, sizeOf(result.shape) * k);
  const a = inArena(call, left);
  const [down, across] = right.strides.slice(-2);
  const packFrom = (place: number, to: Float32Array, at: number) => {
    const { data } = right.buffer;
    pack(to, at, k, n, (row, column) => factor * data[place + row * down + column * across]);
  };
  const size = packedSize(k, n);
  const isKept = right.isKnown && right.shape.length === 2;
  const packed = isKept
    ? kept(call, "right", [size], (to, at) => packFrom(right.at, to, at))
    : newTensor(call, [size]);
  // The places of the matrices of a stack.
  const places = ({ shape, strides, ...more }: Tensor) =>
    stretched({ ...more, shape: shape.slice(0, -2), strides: strides.slice(0, -2) }, stack);
  const run = loop(
    [result, a, right].map(places),
    (count, [to, from, place], [next, nextA, nextB]) => {
      const { floats, multiply } = call.memory.machine;
      for (let i = 0; i < count; i++) {
        if (!isKept) packFrom(place + i * nextB, floats, packed.at);
        multiply(from + i * nextA, k, packed.at, to + i * next, n, m, n, k);
      }
    },
  );
  let begin = () => fill(result, 0);
  beginnings.set(result, (row) => (begin = copier(stretched(row, result.shape), result)));
  step(call, sizeOf(result.shape) / 16 + (isKept ? 0 : sizeOf(stack) * size), () => {
    begin();
    run();
  });
  return result;
}

/** As in NumPy: a vector is a row at the left, and a column at the right. */
function matMul(call: Call, a: Tensor, b: Tensor): Tensor {
  const isRow = a.shape.length === 1;
  const isColumn = b.shape.length === 1;
  const result = multiply(call, isRow ? inserted(a, 0) : a, isColumn ? inserted(b, 1) : b);
  const rank = result.shape.length;
  const axes = [...(isRow ? [rank - 2] : []), ...(isColumn ? [rank - 1] : [])];
  return axes.length ? without(call, result, axes) : result;
}

function add(call: Call, a: Tensor, b: Tensor): Tensor {
  for (const [sum, row] of [
    [a, b],
    [b, a],
  ]) {
    const begin = beginnings.get(sum);
    if (begin && row.isKnown && mayReplace(sum) && `${row.shape}` === `${sum.shape.slice(-1)}`) {
      begin(row);
      return { ...sum }; // which begins with no other row
    }
  }
  return map(call, [a, b], plus);
}

function gemm(call: Call, a: Tensor, b: Tensor, ...[c]: Tensor[]): Tensor {
  const [left, right] = [a, b].map((x, i) => {
    need(x.shape.length === 2, `multiplies a tensor of the shape ${x.shape}`);
    return attribute(call, i ? "transB" : "transA", 0) ? ordered(x, [1, 0]) : x;
  });
  const product = multiply(call, left, right, attribute(call, "alpha", 1));
  if (!c) return product;
  stretched(c, product.shape); // which is larger
  const beta = attribute(call, "beta", 1);
  return beta === 1 ? add(call, product, c) : map(call, [product, c], (x, y) => x + beta * y);
}

export const PRODUCTS: [string, Operator][] = [
  ["Add", add],
  ["Gemm", gemm],
  ["MatMul", matMul],
];
