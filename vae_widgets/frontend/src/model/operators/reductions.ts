/** Operators that take the numbers along some axes together. */
import { lack } from "../onnx/errors.ts";
import { allPositive, attribute, axisOf, type Call, type Operator, valuesOf } from "./call.ts";
import { add, larger, map, plus, reduce, smaller, without } from "./map.ts";
import { along, axesOf, sizeOf, stretched, type Tensor, upTo } from "./tensor.ts";

const { abs, exp, log, sqrt } = Math;

/** What a reduction begins with, how it takes a number in, and what it makes of the sum and the count. */
type Reduction = [
  start: number,
  f: (sum: number, x: number) => number,
  last?: (sum: number, n: number) => number,
];

const MEAN: Reduction = [0, plus, (sum, n) => sum / n];
export const MAX: Reduction = [-Infinity, larger];
const MIN: Reduction = [Infinity, smaller];
const addSquare = (sum: number, x: number) => sum + x * x;

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
    const listed = valuesOf(given, attribute(call, "axes", []));
    const isAll = !listed.length && !attribute(call, "noop_with_empty_axes", 0);
    const axes = isAll ? axesOf(x) : allPositive(listed, x.shape.length);
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
  const axes = axesOf(x).slice(axisOf(call, -1, x.shape.length));
  const epsilon = attribute(call, "epsilon", 1e-5);
  const centred = map(call, [x, reduced(call, x, axes, MEAN)], (value, mean) => value - mean);
  const variance = reduced(call, centred, axes, [0, addSquare, MEAN[2]]);
  const norm = (value: number, square: number, by: number) =>
    (value / sqrt(square + epsilon)) * by;
  return add(call, map(call, [centred, variance, scale], norm), move);
}

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
