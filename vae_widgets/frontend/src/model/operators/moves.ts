/** Operators that move numbers; most of them only view the same memory in another way. */
import { BOOL, FLOAT32, typeOf } from "../onnx/arrays.ts";
import { lack, need } from "../onnx/errors.ts";
import {
  attribute,
  axisOf,
  type Call,
  contiguous,
  copy,
  newTensor,
  type Operator,
  positive,
  step,
  valuesOf,
  view,
} from "./call.ts";
import { count } from "./budget.ts";
import { copier, fill } from "./loops.ts";
import { map, without } from "./map.ts";
import {
  along,
  inserted,
  isWhole,
  ordered,
  rowMajor,
  sizeOf,
  stretched,
  type Tensor,
  tensorOf,
  upTo,
} from "./tensor.ts";

/** A range along an axis: first place, number of places, step. */
type Range = [start: number, count: number, step?: number];

/** Ranges of some axes of a tensor. */
function part(call: Call, x: Tensor, ranges: Map<number, Range>, mayBeEmpty = false): Tensor {
  const [shape, strides] = [[...x.shape], [...x.strides]];
  let { at } = x;
  for (const [axis, [start, count, step = 1]] of ranges) {
    at += count && start * strides[axis];
    shape[axis] = count;
    strides[axis] *= step;
  }
  return view(call, x, { shape, strides, at }, mayBeEmpty);
}

/** A tensor of this shape with the numbers of `x` from places on, and a value elsewhere. */
export function padded(
  call: Call,
  x: Tensor,
  before: number[],
  shape: number[],
  value: number,
): Tensor {
  const result = newTensor(call, shape, isWhole(x));
  step(call, sizeOf(shape), () => fill(result, value));
  const ranges = x.shape.map((side, axis): [number, Range] => [axis, [before[axis], side]]);
  copy(call, x, part(call, result, new Map(ranges)));
  return result;
}

/** The numbers of `x` at the places along an axis that `indices` gives. */
export function gather(call: Call, x: Tensor, indices: Tensor, axis: number): Tensor {
  const side = x.shape[axis];
  const places = contiguous(call, indices);
  const count = sizeOf(indices.shape);
  const result = newTensor(call, x.shape.toSpliced(axis, 1, ...indices.shape), isWhole(x));
  const flat = rowMajor(x.shape.with(axis, count));
  const slab = (tensor: Tensor, strides: number[]) => ({
    ...tensor,
    shape: x.shape.toSpliced(axis, 1),
    strides: strides.toSpliced(axis, 1),
  });
  const copySlab = copier(slab(x, x.strides), slab(result, flat));
  step(call, sizeOf(result.shape), () => {
    for (let i = 0; i < count; i++) {
      const place = positive(places.buffer.data[places.at + i], side);
      copySlab([i * flat[axis], place * x.strides[axis]]);
    }
  });
  return result;
}

function reshaped(call: Call, x: Tensor, shape: number[]): Tensor {
  need(sizeOf(shape) === sizeOf(x.shape), `makes ${x.shape} into ${shape}`);
  const { at } = (x = contiguous(call, x));
  return view(call, x, { shape, strides: rowMajor(shape), at });
}

function reshape(call: Call, x: Tensor, sides: Tensor): Tensor {
  const keepsZero = attribute(call, "allowzero", 0);
  const shape = valuesOf(sides).map((side, i) => (side || keepsZero ? side : x.shape[i]));
  const open = shape.indexOf(-1);
  if (open >= 0) shape[open] = Math.trunc(sizeOf(x.shape) / -sizeOf(shape));
  return reshaped(call, x, shape);
}

function flatten(call: Call, x: Tensor): Tensor {
  const axis = attribute(call, "axis", 1);
  return reshaped(call, x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]);
}

function transpose(call: Call, x: Tensor): Tensor {
  const axes = upTo(x.shape.length);
  const order = attribute(call, "perm", axes.toReversed());
  need(`${order.toSorted()}` === `${axes}`, `permutes ${x.shape} by ${order}`);
  return view(call, x, ordered(x, order));
}

function squeeze(call: Call, x: Tensor, ...[given]: Tensor[]): Tensor {
  const { shape } = x;
  const ones = upTo(shape.length).filter((axis) => shape[axis] === 1);
  const axes = given ? valuesOf(given).map((axis) => positive(axis, shape.length)) : ones;
  need(
    axes.every((axis) => shape[axis] === 1),
    `takes the axes ${axes} from ${shape}`,
  );
  return without(call, x, axes);
}

function unsqueeze(call: Call, x: Tensor, given: Tensor): Tensor {
  const axes = valuesOf(given);
  const rank = x.shape.length + axes.length;
  const sorted = axes.map((axis) => positive(axis, rank)).sort((a, b) => a - b);
  return view(call, x, sorted.reduce(inserted, x));
}

/** The axes that an input lists, or all of the first input. */
function axesOf({ shape }: Tensor, given?: Tensor): number[] {
  const axes = given ? valuesOf(given) : upTo(shape.length);
  return axes.map((axis) => positive(axis, shape.length));
}

function slice(call: Call, x: Tensor, from: Tensor, to: Tensor, ...more: Tensor[]): Tensor {
  const [starts, ends] = [from, to].map(valuesOf);
  const [axes, steps] = [more[0] ? axesOf(x, more[0]) : upTo(starts.length), more[1] && valuesOf(more[1])];
  const ranges = new Map<number, Range>();
  for (const [i, axis] of axes.entries()) {
    const side = x.shape[axis];
    const step = steps?.[i] ?? 1;
    need(step > 0 || starts[i] >= -side, `begins a Slice at ${starts[i]}`);
    const [least, most] = step > 0 ? [0, side] : [-1, side - 1];
    const [start, end] = [starts[i], ends[i]].map((place) =>
      Math.min(Math.max(place < 0 ? place + side : place, least), most),
    );
    ranges.set(axis, [start, Math.max(0, Math.ceil((end - start) / step)), step]);
  }
  return part(call, x, ranges);
}

function split(call: Call, x: Tensor, ...[given]: Tensor[]): Tensor[] {
  const axis = axisOf(call, 0, x.shape.length);
  const side = x.shape[axis];
  const { length } = call.node.outputs;
  const each = Math.ceil(side / length);
  const sizes = given
    ? valuesOf(given)
    : upTo(length).map((i) => Math.min(each, side - i * each));
  let end = 0;
  const starts = sizes.map((size) => (end += size) - size);
  need(sizes.length === length && end === side, `splits ${side} into ${sizes}`);
  return sizes.map((size, i) => part(call, x, new Map([[axis, [starts[i], size]]]), true));
}

function concat(call: Call, x: Tensor, ...others: Tensor[]): Tensor {
  const parts = [x, ...others];
  const axis = axisOf(call, 0, x.shape.length);
  const shapes = parts.map(({ shape }) => shape.toSpliced(axis, 1));
  need(new Set(shapes.map(String)).size === 1, "joins tensors of other shapes");
  const side = parts.reduce((sum, { shape }) => sum + shape[axis], 0);
  const result = newTensor(call, x.shape.with(axis, side), isWhole(x));
  let start = 0;
  for (const each of parts) {
    const { shape } = each;
    copy(call, each, { ...result, shape, at: result.at + start * result.strides[axis] });
    start += shape[axis];
  }
  return result;
}

function pad(call: Call, x: Tensor, by: Tensor, value = along([0]), ...[given]: Tensor[]): Tensor {
  const mode = attribute(call, "mode", "constant");
  if (mode !== "constant") lack(`mode ${mode}`);
  const pads = valuesOf(by);
  const axes = axesOf(x, given);
  const shape = [...x.shape];
  const before = shape.map(() => 0);
  const cut = new Map<number, Range>();
  for (const [i, axis] of axes.entries()) {
    const [first, last] = [pads[i], pads[i + axes.length]];
    cut.set(axis, [Math.max(0, -first), shape[axis] + Math.min(0, first) + Math.min(0, last)]);
    before[axis] = Math.max(0, first);
    shape[axis] += first + last;
  }
  return padded(call, part(call, x, cut), before, shape, valuesOf(value)[0]);
}

function expand(call: Call, x: Tensor, sides: Tensor): Tensor {
  const given = valuesOf(sides);
  const rank = Math.max(given.length, x.shape.length);
  const full = (list: number[]) => [...new Array(rank - list.length).fill(1), ...list];
  const own = full(x.shape);
  const shape = full(given).map((side, i) => (side === 1 ? own[i] : side));
  return view(call, x, stretched(x, shape));
}

function tile(call: Call, x: Tensor, given: Tensor): Tensor {
  const repeats = valuesOf(given);
  const shape = x.shape.map((side, i) => side * repeats[i]);
  const result = newTensor(call, shape, isWhole(x));
  const pairs = x.shape.flatMap((side, i) => [repeats[i], side]);
  const from = { ...x, shape: pairs, strides: x.strides.flatMap((stride) => [0, stride]) };
  copy(call, from, { ...result, shape: pairs, strides: rowMajor(pairs) });
  return result;
}

function cast(call: Call, x: Tensor): Tensor {
  const type = attribute(call, "to", 0);
  typeOf(type);
  const toWhole = type === BOOL ? (value: number) => +!!value : Math.trunc;
  return type === FLOAT32 ? map(call, [x], (value) => value, false) : map(call, [x], toWhole, true);
}

function constantOfShape(call: Call, sides: Tensor): Tensor {
  const shape = valuesOf(sides);
  const { data } = attribute(call, "value", { shape: [], data: Float32Array.of(0) });
  return view(call, tensorOf(data), { shape, strides: shape.map(() => 0), at: 0 });
}

function range(call: Call, a: Tensor, b: Tensor, c: Tensor): Tensor {
  const [[start], [limit], [delta]] = [a, b, c].map(valuesOf);
  const isSmall = Math.max(Math.abs(start), Math.abs(limit)) < 2 ** 30;
  need(isSmall, `has a Range from ${start} to ${limit}`);
  const n = Math.max(0, Math.ceil((limit - start) / delta));
  const result = newTensor(call, [n], isWhole(a));
  const { data } = result.buffer;
  step(call, n, () => data.forEach((_, i) => (data[i] = start + i * delta)));
  return result;
}

function oneHot(call: Call, x: Tensor, sides: Tensor, values: Tensor): Tensor {
  const rank = x.shape.length;
  const axis = axisOf(call, -1, rank + 1);
  const [depth] = valuesOf(sides);
  const [off, on] = valuesOf(values);
  count(call.budget, [depth], true);
  const places = along(upTo(depth), rank - axis);
  const isOn = (index: number, i: number) => (index === i || index + depth === i ? on : off);
  return map(call, [inserted(x, axis), places], isOn, isWhole(values));
}

function shapeOf(call: Call, { shape }: Tensor): Tensor {
  const [start, end] = [attribute(call, "start", 0), attribute(call, "end", shape.length)];
  return along(shape.slice(start, end));
}

export const MOVES: [string, Operator][] = [
  ["Cast", cast],
  ["Concat", concat],
  ["ConstantOfShape", constantOfShape],
  ["Expand", expand],
  ["Flatten", flatten],
  ["Gather", (call, x, indices) => gather(call, x, indices, axisOf(call, 0, x.shape.length))],
  ["Identity", (_, x) => x],
  ["OneHot", oneHot],
  ["Pad", pad],
  ["Range", range],
  ["Reshape", reshape],
  ["Shape", shapeOf],
  ["Size", (call, x) => without(call, along([sizeOf(x.shape)]), [0])],
  ["Slice", slice],
  ["Split", split],
  ["Squeeze", squeeze],
  ["Tile", tile],
  ["Transpose", transpose],
  ["Unsqueeze", unsqueeze],
];
