/** Operators that take the numbers along some axes together. */
import type { Call, Operator } from "./call.ts";
import { known, map, reduce, without } from "./map.ts";
import { sizeOf, type Tensor } from "./tensor.ts";

const add = (sum: number, x: number) => sum + x;
const larger = (most: number, x: number) => Math.max(most, x);
const smaller = (least: number, x: number) => Math.min(least, x);

function mean(call: Call, x: Tensor, axes: number[]): Tensor {
  const sum = reduce(call, x, axes, 0, add);
  const n = sizeOf(x.shape) / sizeOf(sum.shape);
  return map(call, [sum], (value) => value / n);
}

/** A reduction of what `f` makes of each number; `last` ends it. */
const reduction =
  (how: (call: Call, x: Tensor, axes: number[]) => Tensor): Operator =>
  (call) => {
    const x = call.input(0);
    const given = call.numbers(1, "axes") ?? [];
    const every =
      given.length || call.attribute("noop_with_empty_axes", 0) ? given : [...x.shape.keys()];
    const axes = every.map((axis) => call.positive(axis, x.shape.length));
    const result = how(call, x, axes);
    return [call.attribute("keepdims", 1) ? result : without(call, result, axes)];
  };

const simple = (start: number, f: (sum: number, x: number) => number) =>
  reduction((call, x, axes) => reduce(call, x, axes, start, f));

/** The first place of the largest number along an axis, or of the least one. */
const place =
  (start: number, f: (best: number, x: number) => number): Operator =>
  (call) => {
    const x = call.input(0);
    if (call.attribute("select_last_index", 0)) call.lack("select_last_index");
    const axis = call.axis(0);
    const best = reduce(call, x, [axis], start, f);
    const places = known(
      x.shape.length ? [...new Array(x.shape[axis]).keys()] : [0],
      "int",
      x.shape.length - 1 - axis,
    );
    const found = map(
      call,
      [x, best, places],
      (value, most, i) => (value === most ? i : Infinity),
      "int",
    );
    const first = reduce(call, found, [axis], Infinity, smaller);
    return [call.attribute("keepdims", 1) ? first : without(call, first, [axis])];
  };

const softmax =
  (isLog: boolean): Operator =>
  (call) => {
    const x = call.input(0);
    const axes = [call.axis(-1)];
    const moved = map(
      call,
      [x, reduce(call, x, axes, -Infinity, larger)],
      (value, most) => value - most,
    );
    const sum = reduce(call, moved, axes, 0, (total, value) => total + Math.exp(value));
    const f = isLog
      ? (a: number, b: number) => a - Math.log(b)
      : (a: number, b: number) => Math.exp(a) / b;
    return [map(call, [moved, sum], f)];
  };

/** Numbers of a channel less their mean, by their deviation, times a scale, and moved. */
function batchNormalization(call: Call): Tensor[] {
  if (call.attribute("training_mode", 0)) call.lack("training_mode");
  const x = call.input(0);
  const [scale, move, means, variances] = [1, 2, 3, 4].map((i) => call.values(i));
  const factors = scale.map(
    (each, i) => each / Math.sqrt(variances[i] + call.attribute("epsilon", 1e-5)),
  );
  const moves = move.map((each, i) => each - means[i] * factors[i]);
  const [a, b] = [factors, moves].map((numbers) => known(numbers, "float", x.shape.length - 2));
  return [map(call, [x, a, b], (value, factor, more) => value * factor + more)];
}

function layerNormalization(call: Call): Tensor[] {
  const x = call.input(0);
  const axes = [...x.shape.keys()].slice(call.axis(-1));
  const epsilon = call.attribute("epsilon", 1e-5);
  const centred = map(call, [x, mean(call, x, axes)], (value, middle) => value - middle);
  const squares = reduce(call, centred, axes, 0, (sum, value) => sum + value * value);
  const n = sizeOf(x.shape) / sizeOf(squares.shape);
  const scaled = map(
    call,
    [centred, squares, call.input(1)],
    (value, sum, scale) => (value / Math.sqrt(sum / n + epsilon)) * scale,
  );
  return [call.has(2) ? map(call, [scaled, call.input(2)], add) : scaled];
}

export const REDUCTIONS: Record<string, Operator> = {
  ArgMax: place(-Infinity, larger),
  ArgMin: place(Infinity, smaller),
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  LogSoftmax: softmax(true),
  ReduceL1: simple(0, (sum, x) => sum + Math.abs(x)),
  ReduceL2: reduction((call, x, axes) =>
    map(call, [reduce(call, x, axes, 0, (sum, y) => sum + y * y)], Math.sqrt),
  ),
  ReduceMax: simple(-Infinity, larger),
  ReduceMean: reduction(mean),
  ReduceMin: simple(Infinity, smaller),
  ReduceProd: simple(1, (product, x) => product * x),
  ReduceSum: simple(0, add),
  ReduceSumSquare: simple(0, (sum, x) => sum + x * x),
  Softmax: softmax(false),
};
