/** Operators that take the numbers along some axes together. */
import { type Call, constantOf, type Operator } from "./call.ts";
import { map } from "./elementwise.ts";
import { nest, walk } from "./loops.ts";
import { type Numbers, placeOf, rowMajor, sizeOf, type Tensor } from "./tensor.ts";

/** Where a result of a reduction goes, without the reduced axes or with one number in each. */
function reducedTensor(call: Call, x: Tensor, axes: Set<number>, kind = x.kind) {
  const ones = x.shape.map((side, i) => (axes.has(i) ? 1 : side));
  const strides = rowMajor(ones);
  const keeps = call.attribute("keepdims", 1) !== 0;
  const shape = keeps ? ones : ones.filter((_, i) => !axes.has(i));
  const result = call.tensor(shape, kind);
  return { result, strides: strides.map((stride, i) => (axes.has(i) ? 0 : stride)) };
}

/** Begin with `start`, take each number in with `f`, and end with `last`. */
const reduction =
  (
    start: number,
    f: (sum: number, x: number) => number,
    last?: (sum: number, n: number) => number,
  ): Operator =>
  (call) => {
    const x = call.input(0);
    const given = call.numbers(1, "axes") ?? [];
    const rank = x.shape.length;
    const every = given.length
      ? given
      : call.attribute("noop_with_empty_axes", 0)
        ? []
        : [...x.shape.keys()];
    const axes = new Set(every.map((axis) => call.positive(axis, rank)));
    const { result, strides } = reducedTensor(call, x, axes);
    const loops = nest(x.shape, strides, x.strides);
    const n = loops.sides.at(-1)!;
    const [step, stride] = loops.strides.map((each) => each.at(-1)!);
    const size = sizeOf(result.shape);
    call.step(sizeOf(x.shape), () => {
      const from = x.buffer.data;
      const to = result.buffer.data;
      to.fill(start, placeOf(result), placeOf(result) + size);
      walk(loops, [result, x].map(placeOf), ([at, place]) => {
        if (step)
          for (let i = 0; i < n; i++, at += step, place += stride) to[at] = f(to[at], from[place]);
        else {
          let sum = to[at]; // in double precision
          for (let i = 0; i < n; i++, place += stride) sum = f(sum, from[place]);
          to[at] = sum;
        }
      });
    });
    if (!last) return [result];
    const count = sizeOf(x.shape) / size;
    return [map(call, [result], (sum) => last(sum, count))];
  };

type Line = (
  from: Numbers,
  place: number,
  stride: number,
  to: Numbers,
  at: number,
  step: number,
  n: number,
) => void;

/** Compute `line` for the numbers along an axis; the result has one number there or as many. */
function alongAxis(
  call: Call,
  axis: number,
  result: Tensor,
  strides: number[],
  line: Line,
): Tensor[] {
  const x = call.input(0);
  const n = x.shape[axis];
  const others = (list: number[]) => list.filter((_, i) => i !== axis);
  const loops = nest([...others(x.shape), 1], [...others(strides), 0], [...others(x.strides), 0]);
  const m = loops.sides.at(-1)!;
  const [to, from] = loops.strides.map((each) => each.at(-1)!);
  call.step(sizeOf(x.shape), () => {
    walk(loops, [result, x].map(placeOf), ([at, place]) => {
      for (let i = 0; i < m; i++, at += to, place += from) {
        line(x.buffer.data, place, x.strides[axis], result.buffer.data, at, strides[axis], n);
      }
    });
  });
  return [result];
}

/** The place of the largest number, or the least one with `sign` -1. */
const arg =
  (sign: number): Operator =>
  (call) => {
    const axis = call.axis(0);
    const last = call.attribute("select_last_index", 0);
    const { result, strides } = reducedTensor(call, call.input(0), new Set([axis]), "int");
    return alongAxis(call, axis, result, strides, (from, place, stride, to, at, _, n) => {
      let best = 0;
      for (let i = 1; i < n; i++) {
        const more = sign * (from[place + i * stride] - from[place + best * stride]);
        if (more > 0 || (last && more === 0)) best = i;
      }
      to[at] = best;
    });
  };

const softmax =
  (isLog: boolean): Operator =>
  (call) => {
    const result = call.tensor(call.shape());
    return alongAxis(
      call,
      call.axis(-1),
      result,
      result.strides,
      (from, place, stride, to, at, step, n) => {
        let most = -Infinity;
        for (let i = 0; i < n; i++) most = Math.max(most, from[place + i * stride]);
        let sum = 0;
        for (let i = 0; i < n; i++) sum += Math.exp(from[place + i * stride] - most);
        const log = Math.log(sum);
        for (let i = 0; i < n; i++) {
          const difference = from[place + i * stride] - most;
          to[at + i * step] = isLog ? difference - log : Math.exp(difference) / sum;
        }
      },
    );
  };

/** Numbers of a channel less their mean, by their deviation, times a scale, and moved. */
function batchNormalization(call: Call): Tensor[] {
  if (call.attribute("training_mode", 0)) call.lack("training_mode");
  const x = call.input(0);
  const [scale, move, mean, variance] = [1, 2, 3, 4].map((i) => call.values(i));
  const epsilon = call.attribute("epsilon", 1e-5);
  const factors = scale.map((each, i) => each / Math.sqrt(variance[i] + epsilon));
  const shape = [scale.length, ...x.shape.slice(2).fill(1)];
  const ofChannels = (numbers: number[]) =>
    constantOf({ kind: "float", shape, data: Float32Array.from(numbers) });
  const moves = move.map((each, i) => each - mean[i] * factors[i]);
  return [map(call, [x, ofChannels(factors), ofChannels(moves)], (value, a, b) => value * a + b)];
}

function layerNormalization(call: Call): Tensor[] {
  const x = call.contiguous(call.input(0));
  const axis = call.axis(-1);
  const n = sizeOf(x.shape.slice(axis));
  const epsilon = call.attribute("epsilon", 1e-5);
  const result = call.tensor(x.shape);
  call.step(sizeOf(x.shape), () => {
    const from = x.buffer.data;
    const to = result.buffer.data;
    const [first, at] = [placeOf(x), placeOf(result)];
    for (let row = 0; row < sizeOf(x.shape); row += n) {
      let [sum, squares] = [0, 0];
      for (let i = 0; i < n; i++) sum += from[first + row + i];
      for (let i = 0; i < n; i++) squares += (from[first + row + i] - sum / n) ** 2;
      const factor = 1 / Math.sqrt(squares / n + epsilon);
      for (let i = 0; i < n; i++) to[at + row + i] = (from[first + row + i] - sum / n) * factor;
    }
  });
  const scaled = map(call, [result, call.input(1)], (value, scale) => value * scale);
  return [call.has(2) ? map(call, [scaled, call.input(2)], (a, b) => a + b) : scaled];
}

const add = (sum: number, x: number) => sum + x;
const addSquare = (sum: number, x: number) => sum + x * x;
const addSize = (sum: number, x: number) => sum + Math.abs(x);
const addExp = (sum: number, x: number) => sum + Math.exp(x);

export const REDUCTIONS: Record<string, Operator> = {
  ArgMax: arg(1),
  ArgMin: arg(-1),
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  LogSoftmax: softmax(true),
  ReduceL1: reduction(0, addSize),
  ReduceL2: reduction(0, addSquare, Math.sqrt),
  ReduceLogSum: reduction(0, add, Math.log),
  ReduceLogSumExp: reduction(0, addExp, Math.log),
  ReduceMax: reduction(-Infinity, Math.max),
  ReduceMean: reduction(0, add, (sum, n) => sum / n),
  ReduceMin: reduction(Infinity, Math.min),
  ReduceProd: reduction(1, (product, x) => product * x),
  ReduceSum: reduction(0, add),
  ReduceSumSquare: reduction(0, addSquare),
  Softmax: softmax(false),
};
