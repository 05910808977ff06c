/** Operators that take the numbers along some axes together. */
import { lack } from "../onnx/errors.ts";
import { attribute, axisOf, type Call, type Operator, positive, valuesOf } from "./call.ts";
import { plus, map, reduce, without } from "./map.ts";
import { along, sizeOf, stretched, type Tensor, upTo } from "./tensor.ts";

const { abs, exp, log, max, min, sqrt } = Math;

/** What a reduction begins with, how it takes a number in, and what it makes of the sum and the count. */
type Reduction = [
  start: number,
  f: (sum: number, x: number) => number,
  last?: (sum: number, n: number) => number,
];

const MEAN: Reduction = [0, plus, (sum, n) => sum / n];
export const MAX: Reduction = [-Infinity, (most, x) => max(most, x)];
const MIN: Reduction = [Infinity, (least, x) => min(least, x)];
const addSquare = (sum: number, x: number) => sum + x * x;

const REDUCTIONS_BY_NAME: Record<string, Reduction> = {
  L1: [0, (sum, x) => sum + abs(x)],
  L2: [0, addSquare, sqrt],
  Max: MAX,
  Mean: MEAN,
  Min: MIN,
  Prod: [1, (product, x) => product * x],
  Sum: [0, plus],
  SumSquare: [0, addSquare],
};

function reduced(call: Call, x: Tensor, axes: number[], [start, f, last]: Reduction): Tensor {
  const sum = reduce(call, x, axes, start, f);
  const n = sizeOf(x.shape) / sizeOf(sum.shape);
  return last ? map(call, [sum], (value) => last(value, n)) : sum;
}

/** The result, without the axes unless an attribute keeps them. */
function withKeptAxes(call: Call, result: Tensor, axes: number[]): Tensor {
  return attribute(call, "keepdims", 1) ? result : without(call, result, axes);
}

const reduction =
  (how: Reduction): Operator =>
  (call, x: Tensor, ...[given]: Tensor[]) => {
    const listed = given ? valuesOf(given) : attribute(call, "axes", []);
    const isAll = !listed.length && !attribute(call, "noop_with_empty_axes", 0);
    const rank = x.shape.length;
    const axes = isAll ? upTo(rank) : listed.map((axis) => positive(axis, rank));
    return withKeptAxes(call, reduced(call, x, axes, how), axes);
  };

const globalPool =
  (how: Reduction): Operator =>
  (call, x: Tensor) =>
    reduced(call, x, upTo(x.shape.length).slice(2), how);

/** The first place of the largest number along an axis, or of the least one. */
const place =
  (how: Reduction): Operator =>
  (call, x: Tensor) => {
    if (attribute(call, "select_last_index", 0)) lack("select_last_index");
    const rank = x.shape.length;
    const axis = axisOf(call, 0, rank);
    const places = along(upTo(x.shape[axis]), rank - 1 - axis);
    const isBest = (value: number, best: number, i: number) => (value === best ? i : Infinity);
    const found = map(call, [x, reduced(call, x, [axis], how), places], isBest, true);
    return withKeptAxes(call, reduced(call, found, [axis], MIN), [axis]);
  };

const softmax =
  (f: (x: number, sum: number) => number): Operator =>
  (call, x: Tensor) => {
    const axes = [axisOf(call, -1, x.shape.length)];
    const less = map(call, [x, reduced(call, x, axes, MAX)], (value, most) => value - most);
    const sum = reduce(call, less, axes, 0, (total, value) => total + exp(value));
    return map(call, [less, sum], f);
  };

/** Numbers of a channel less their mean, by their deviation, times a scale, and moved. */
function batchNormalization(call: Call, x: Tensor, ...parameters: Tensor[]): Tensor {
  if (attribute(call, "training_mode", 0)) lack("training_mode");
  const channels = [x.shape[1]];
  const [scale, move, means, variances] = parameters.map((each) =>
    valuesOf(stretched(each, channels)),
  );
  const epsilon = attribute(call, "epsilon", 1e-5);
  const factors = scale.map((each, i) => each / sqrt(variances[i] + epsilon));
  const moves = move.map((each, i) => each - means[i] * factors[i]);
  const [a, b] = [factors, moves].map((numbers) => along(numbers, x.shape.length - 2));
  return map(call, [x, a, b], (value, factor, more) => value * factor + more);
}

function layerNormalization(call: Call, x: Tensor, scale: Tensor, move = along([0])): Tensor {
  const rank = x.shape.length;
  const axes = upTo(rank).slice(axisOf(call, -1, rank));
  const epsilon = attribute(call, "epsilon", 1e-5);
  const centred = map(call, [x, reduced(call, x, axes, MEAN)], (value, mean) => value - mean);
  const variance = reduced(call, centred, axes, [0, addSquare, MEAN[2]]);
  const norm = (value: number, square: number, by: number) =>
    (value / sqrt(square + epsilon)) * by;
  return map(call, [map(call, [centred, variance, scale], norm), move], plus);
}

export const REDUCTIONS: [string, Operator][] = [
  ...Object.entries(REDUCTIONS_BY_NAME).map(([name, how]): [string, Operator] => [
    `Reduce${name}`,
    reduction(how),
  ]),
  ["ArgMax", place(MAX)],
  ["ArgMin", place(MIN)],
  ["BatchNormalization", batchNormalization],
  ["GlobalAveragePool", globalPool(MEAN)],
  ["GlobalMaxPool", globalPool(MAX)],
  ["LayerNormalization", layerNormalization],
  ["LogSoftmax", softmax((x, sum) => x - log(sum))],
  ["Softmax", softmax((x, sum) => exp(x) / sum)],
];
