/** Operators that move numbers; most of them only view the same memory in another way. */
import { BOOL, FLOAT32, typeOf } from "../onnx/arrays.ts";
import { lack, need } from "../onnx/errors.ts";
import {
  allPositive,
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
import { map, plus, without } from "./map.ts";
import {
  along,
  axesOf,
  broadcastShape,
  inserted,
  isWhole,
  narrowed,
  ordered,
  rowMajor,
  sizeOf,
  stretched,
  type Tensor,
  tensorOf,
  upTo,
} from "./tensor.ts";

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
  const inner = x.shape.reduce(
    (whole, side, axis) => narrowed(whole, axis, before[axis], side),
    result,
  );
  copy(call, x, inner);
  return result;
}

/** The numbers of `x` at the places along an axis that `indices` gives. */
export function gather(call: Call, x: Tensor, indices: Tensor, axis: number): Tensor {
  const places = contiguous(call, indices);
  const count = sizeOf(indices.shape);
  const result = newTensor(call, x.shape.toSpliced(axis, 1, ...indices.shape), isWhole(x));
  const shape = x.shape.with(axis, count);
  const flat = { ...result, shape, strides: rowMajor(shape) };
  const copySlab = copier(narrowed(x, axis, 0, 1), narrowed(flat, axis, 0, 1));
  step(call, sizeOf(shape), () => {
    for (let i = 0; i < count; i++) {
      const place = positive(places.buffer.data[places.at + i], x.shape[axis]);
      copySlab([i * flat.strides[axis], place * x.strides[axis]]);
    }
  });
  return result;
}

function reshaped(call: Call, x: Tensor, shape: number[]): Tensor {
  need(sizeOf(shape) === sizeOf(x.shape), `makes ${x.shape} into ${shape}`);
  return view(call, { ...contiguous(call, x), shape, strides: rowMajor(shape) });
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
  const axes = axesOf(x);
  const order = attribute(call, "perm", axes.toReversed());
  need(`${order.toSorted()}` === `${axes}`, `permutes ${x.shape} by ${order}`);
  return view(call, ordered(x, order));
}

function squeeze(call: Call, x: Tensor, ...[given]: Tensor[]): Tensor {
  const { shape } = x;
  const isOne = (axis: number) => shape[axis] === 1;
  const axes = allPositive(valuesOf(given, axesOf(x).filter(isOne)), shape.length);
  need(axes.every(isOne), `takes the axes ${axes} from ${shape}`);
  return without(call, x, axes);
}

function unsqueeze(call: Call, x: Tensor, given: Tensor): Tensor {
  const axes = valuesOf(given);
  const sorted = allPositive(axes, x.shape.length + axes.length).sort((a, b) => a - b);
  return view(call, sorted.reduce(inserted, x));
}

function slice(call: Call, x: Tensor, from: Tensor, to: Tensor, ...more: Tensor[]): Tensor {
  const [starts, ends] = [from, to].map((each) => valuesOf(each));
  const axes = allPositive(valuesOf(more[0], upTo(starts.length)), x.shape.length);
  const steps = valuesOf(more[1], []);
  for (const [i, axis] of axes.entries()) {
    const side = x.shape[axis];
    const step = steps[i] ?? 1;
    need(step > 0 || starts[i] >= -side, `begins a Slice at ${starts[i]}`);
    const [least, most] = step > 0 ? [0, side] : [-1, side - 1];
    const [start, end] = [starts[i], ends[i]].map((place) =>
      Math.min(Math.max(place < 0 ? place + side : place, least), most),
    );
    x = narrowed(x, axis, start, Math.max(0, Math.ceil((end - start) / step)), step);
  }
  return view(call, x);
}

function split(call: Call, x: Tensor, ...[given]: Tensor[]): Tensor[] {
  const axis = axisOf(call, 0, x.shape.length);
  const side = x.shape[axis];
  const { length } = call.node.outputs;
  const each = Math.ceil(side / length);
  const sizes = valuesOf(
    given,
    upTo(length).map((i) => Math.min(each, side - i * each)),
  );
  let end = 0;
  const starts = sizes.map((size) => (end += size) - size);
  need(sizes.length === length && end === side, `splits ${side} into ${sizes}`);
  return sizes.map((size, i) => view(call, narrowed(x, axis, starts[i], size), true));
}

function concat(call: Call, x: Tensor, ...others: Tensor[]): Tensor {
  const parts = [x, ...others];
  const axis = axisOf(call, 0, x.shape.length);
  const sides = parts.map(({ shape }) => shape[axis]);
  const result = newTensor(call, x.shape.with(axis, sides.reduce(plus)), isWhole(x));
  let start = 0;
  for (const [i, each] of parts.entries()) {
    const into = narrowed(result, axis, start, sides[i]);
    need(`${each.shape}` === `${into.shape}`, `joins ${each.shape} to ${x.shape}`);
    copy(call, each, into);
    start += sides[i];
  }
  return result;
}

function pad(call: Call, x: Tensor, by: Tensor, value = along([0]), ...[given]: Tensor[]): Tensor {
  const mode = attribute(call, "mode", "constant");
  if (mode !== "constant") lack(`mode ${mode}`);
  const pads = valuesOf(by);
  const axes = allPositive(valuesOf(given, axesOf(x)), x.shape.length);
  const shape = [...x.shape];
  const before = shape.map(() => 0);
  for (const [i, axis] of axes.entries()) {
    const [first, last] = [pads[i], pads[i + axes.length]];
    const side = shape[axis] + Math.min(0, first) + Math.min(0, last);
    x = narrowed(x, axis, Math.max(0, -first), side);
    before[axis] = Math.max(0, first);
    shape[axis] += first + last;
  }
  return padded(call, view(call, x), before, shape, valuesOf(value)[0]);
}

function expand(call: Call, x: Tensor, sides: Tensor): Tensor {
  return view(call, stretched(x, broadcastShape(x.shape, valuesOf(sides))));
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
  const isFloat = type === FLOAT32;
  const whole = type === BOOL ? (value: number) => +!!value : Math.trunc;
  return map(call, [x], isFloat ? (value) => value : whole, !isFloat);
}

function constantOfShape(call: Call, sides: Tensor): Tensor {
  const shape = valuesOf(sides);
  const { data } = attribute(call, "value", { shape: [], data: Float32Array.of(0) });
  return view(call, { ...tensorOf(data), shape, strides: shape.map(() => 0) });
}

function range(call: Call, a: Tensor, b: Tensor, c: Tensor): Tensor {
  const [[start], [limit], [delta]] = [a, b, c].map((each) => valuesOf(each));
  const isSmall = Math.max(Math.abs(start), Math.abs(limit)) < 2 ** 30;
  need(isSmall, `has a Range from ${start} to ${limit}`);
  const n = Math.max(0, Math.ceil((limit - start) / delta));
  count(call.budget, [n], true);
  return map(call, [along(upTo(n))], (i) => start + i * delta, isWhole(a));
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

export const MOVES: Record<string, Operator> = {
  Cast: cast,
  Concat: concat,
  ConstantOfShape: constantOfShape,
  Expand: expand,
  Flatten: flatten,
  Gather: (call, x, indices) => gather(call, x, indices, axisOf(call, 0, x.shape.length)),
  Identity: (_, x) => x,
  OneHot: oneHot,
  Pad: pad,
  Range: range,
  Reshape: reshape,
  Shape: shapeOf,
  Size: (call, x) => without(call, along([sizeOf(x.shape)]), [0]),
  Slice: slice,
  Split: split,
  Squeeze: squeeze,
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};
