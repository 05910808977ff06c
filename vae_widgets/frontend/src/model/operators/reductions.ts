/** Operators that take the numbers along some axes together. */
import { lack } from "../onnx/errors.ts";
import { allPositive, attribute, axisOf, type Call, type Operator, valuesOf } from "./call.ts";
import { map, reduce, without } from "./map.ts";
import { divided, exp, larger, minus, plus, smaller, sqrt } from "./numbers.ts";
import { along, axesOf, rankOf, sizeOf, type Tensor, upTo } from "./tensor.ts";

const { abs, log } = Math;

/** What a reduction begins with, how it takes a number in, and what it makes of the sum and the count. */
type Reduction = [
  start: number,
  f: (sum: number, x: number) => number,
  last?: (sum: number, n: number) => number,
];

export const MEAN: Reduction = [0, plus, divided];
export const MAX: Reduction = [-Infinity, larger];
const MIN: Reduction = [Infinity, smaller];
const addSquare = (sum: number, x: number) => sum + x * x;

const reduced = (call: Call, x: Tensor, axes: number[], [start, f, last]: Reduction): Tensor => {
  const sum = reduce(call, x, axes, start, f);
  const n = sizeOf(x.shape) / sizeOf(sum.shape);
  return last ? map(call, [sum], (value) => last(value, n)) : sum;
};

/** The result, without the axes unless an attribute keeps them. */
const withKeptAxes = (call: Call, result: Tensor, axes: number[]): Tensor =>
  attribute(call, "keepdims", 1) ? result : without(result, axes);

const reduction =
  (how: Reduction): Operator =>
  (call, x: Tensor, ...[given]: Tensor[]) => {
    const listed = valuesOf(given, attribute(call, "axes", []));
    const isAll = !listed.length && !attribute(call, "noop_with_empty_axes", 0);
    const axes = isAll ? axesOf(x) : allPositive(listed, rankOf(x));
    return withKeptAxes(call, reduced(call, x, axes, how), axes);
  };

const globalPool =
  (how: Reduction): Operator =>
  (call, x: Tensor) =>
    reduced(call, x, axesOf(x).slice(2), how);

/** The first place of the largest number along an axis, or of the least one. */
const place =
  (how: Reduction): Operator =>
  (call, x: Tensor) => {
    if (attribute(call, "select_last_index", 0)) lack("select_last_index");
    const rank = rankOf(x);
    const axis = axisOf(call, 0, x);
    const places = along(upTo(x.shape[axis]), rank - 1 - axis);
    const isBest = (value: number, best: number, i: number) => (value === best ? i : Infinity);
    const found = map(call, [x, reduced(call, x, [axis], how), places], isBest, true);
    return withKeptAxes(call, reduced(call, found, [axis], MIN), [axis]);
  };

const softmax =
  (f: (x: number, sum: number) => number): Operator =>
  (call, x: Tensor) => {
    const axes = [axisOf(call, -1, x)];
    const less = map(call, [x, reduced(call, x, axes, MAX)], minus);
    const sum = reduce(call, less, axes, 0, (total, value) => total + exp(value));
    return map(call, [less, sum], f);
  };

/** Numbers less a mean, by a deviation, times a scale, and moved. */
const normalized = (call: Call, x: Tensor, [mean, variance, scale, move]: Tensor[]): Tensor => {
  const epsilon = attribute(call, "epsilon", 1e-5);
  const f = (value: number, middle: number, square: number) =>
    (value - middle) / sqrt(square + epsilon);
  const norm = map(call, [x, mean, variance], f);
  return map(call, [norm, scale, move], (value, by, more) => value * by + more);
};

const batchNormalization = (
  call: Call,
  x: Tensor,
  scale: Tensor,
  move: Tensor,
  mean: Tensor,
  variance: Tensor,
): Tensor => {
  if (attribute(call, "training_mode", 0)) lack("training_mode");
  const after = rankOf(x) - 2;
  const given = [mean, variance, scale, move].map((each) => along(valuesOf(each), after));
  return normalized(call, x, given);
};

const layerNormalization = (call: Call, x: Tensor, scale: Tensor, move = along([0])): Tensor => {
  const axes = axesOf(x).slice(axisOf(call, -1, x));
  const mean = reduced(call, x, axes, MEAN);
  const centred = map(call, [x, mean], minus);
  const variance = reduced(call, centred, axes, [0, addSquare, divided]);
  return normalized(call, centred, [along([0]), variance, scale, move]);
};

export const REDUCTIONS: Record<string, Operator> = {
  ArgMax: place(MAX),
  ArgMin: place(MIN),
  BatchNormalization: batchNormalization,
  GlobalAveragePool: globalPool(MEAN),
  GlobalMaxPool: globalPool(MAX),
  LayerNormalization: layerNormalization,
  LogSoftmax: softmax((x, sum) => x - log(sum)),
  ReduceL1: reduction([0, (sum, x) => sum + abs(x)]),
  ReduceL2: reduction([0, addSquare, sqrt]),
  ReduceMax: reduction(MAX),
  ReduceMean: reduction(MEAN),
  ReduceMin: reduction(MIN),
  ReduceProd: reduction([1, (product, x) => product * x]),
  ReduceSum: reduction([0, plus]),
  ReduceSumSquare: reduction([0, addSquare]),
  Softmax: softmax((x, sum) => exp(x) / sum),
};
