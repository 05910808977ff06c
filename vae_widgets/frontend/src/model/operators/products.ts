/** Products of matrices. */
import { pack, packedSize } from "../matrix/packing.ts";
import { lack, needSame } from "../onnx/errors.ts";
import { WORK } from "./budget.ts";
import {
  attribute,
  type Call,
  contiguous,
  copied,
  filled,
  kept,
  newTensor,
  type Operator,
  step,
} from "./call.ts";
import { loop } from "./loops.ts";
import { add, map, without } from "./map.ts";
import {
  axesOf,
  broadcastShape,
  inserted,
  isContiguous,
  isWhole,
  ordered,
  rankOf,
  sizeOf,
  stretched,
  type Tensor,
  viewed,
} from "./tensor.ts";

/** The tensor in the arena, in row-major order, as the kernel needs it. */
export const inArena = (call: Call, x: Tensor): Tensor => {
  if (isWhole(x)) lack("whole numbers");
  return x.block.place && isContiguous(x) ? x : copied(call, x);
};

/**
 * Add the products of a stack of matrices `a` by `b`, or by a stack of them, times a factor, to a
 * stack of matrices. Rows of these and of `a` have no gaps, and may overlap in `a`. Known matrices
 * are kept in the order of the kernel; `part` is their name within the node.
 */
export const addProducts = (call: Call, to: Tensor, a: Tensor, b: Tensor, part = 0, factor = 1) => {
  const stack = to.shape.slice(0, -2);
  const [[m, n], [lda], [ldc]] = [to.shape, a.strides, to.strides].map((list) => list.slice(-2));
  const [k, columns] = b.shape.slice(-2);
  const [down, across] = b.strides.slice(-2);
  const size = packedSize(k, columns);
  const isKept = b.isKnown && rankOf(b) === 2;
  const packFrom = (place: number, floats: Float32Array, at: number) => {
    const { numbers } = b.block;
    pack(floats, at, k, n, (row, column) => factor * numbers[place + row * down + column * across]);
  };
  const packed = isKept
    ? kept(call, part, size, (floats, at) => packFrom(b.offset, floats, at))
    : newTensor(call, [size]);
  // The places of the matrices of a stack.
  const places = (x: Tensor) => stretched(ordered(x, axesOf(x).slice(0, -2)), stack);
  const run = loop([to, a, b].map(places), (count, [c, x, place], [next, nextA, nextB]) => {
    const { floats, multiply } = call.arena.machine;
    for (let i = 0; i < count; i++) {
      if (!isKept) packFrom(place + i * nextB, floats, packed.offset);
      multiply(x + i * nextA, lda, packed.offset, c + i * next, ldc, m, n, k);
    }
  });
  call.budget.spend(WORK, sizeOf(to.shape) * k + 2 ** 13); // planning takes time, too
  step(call, sizeOf(stack) * (isKept ? 1 : size), run);
};

/** The products of two stacks of matrices, times a factor. */
const multiply = (call: Call, left: Tensor, right: Tensor, factor = 1): Tensor => {
  call.isKnown = false; // the kernel is not there while the graph is prepared
  const [[m, k], [depth, n]] = [left, right].map(({ shape }) => shape.slice(-2));
  needSame("rows of a matrix", depth, k);
  if (rankOf(right) === 2 && rankOf(left) > 2) {
    // One product with all rows.
    const rows = contiguous(call, left);
    const shape = [...rows.shape.slice(0, -1), n];
    const flat = viewed(rows, [sizeOf(shape) / n, k]);
    return viewed(multiply(call, flat, right, factor), shape);
  }
  const stack = broadcastShape(left.shape.slice(0, -2), right.shape.slice(0, -2));
  const result = filled(call, [...stack, m, n], 0);
  addProducts(call, result, inArena(call, left), right, 0, factor);
  return result;
};

/** As in NumPy: a vector is a row at the left, and a column at the right. */
const matMul = (call: Call, a: Tensor, b: Tensor): Tensor => {
  const isRow = rankOf(a) === 1;
  const isColumn = rankOf(b) === 1;
  const result = multiply(call, isRow ? inserted(a, 0) : a, isColumn ? inserted(b, 1) : b);
  const rank = rankOf(result);
  return without(result, [isRow ? rank - 2 : rank, isColumn ? rank - 1 : rank]);
};

const gemm = (call: Call, a: Tensor, b: Tensor, ...[c]: Tensor[]): Tensor => {
  const [left, right] = [a, b].map((x, i) => {
    needSame("rank", rankOf(x), 2);
    return attribute(call, i ? "transB" : "transA", 0) ? ordered(x, [1, 0]) : x;
  });
  const product = multiply(call, left, right, attribute(call, "alpha", 1));
  if (!c) return product;
  stretched(c, product.shape); // which is larger
  const beta = attribute(call, "beta", 1);
  return beta === 1 ? add(call, product, c) : map(call, [product, c], (x, y) => x + beta * y);
};

export const PRODUCTS: Record<string, Operator> = { Gemm: gemm, MatMul: matMul };
