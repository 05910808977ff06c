/** Operators that move numbers; most of them only view the same memory in another way. */
import { BOOL, FLOAT32, typeOf } from "../onnx/arrays.ts";
import { lack, needBetween, needSame } from "../onnx/errors.ts";
import {
  allPositive,
  attribute,
  axisOf,
  type Call,
  contiguous,
  copy,
  filled,
  newTensor,
  type Operator,
  positive,
  step,
  valuesOf,
} from "./call.ts";
import { checkShape, count } from "./budget.ts";
import { copier } from "./loops.ts";
import { map, without } from "./map.ts";
import { ceil, clamp, max, min, plus } from "./numbers.ts";
import {
  along,
  axesOf,
  broadcastShape,
  inserted,
  isWhole,
  narrowed,
  narrowedAll,
  ordered,
  type Range,
  rankOf,
  sizeOf,
  stretched,
  type Tensor,
  tensorOf,
  upTo,
  viewed,
} from "./tensor.ts";

/** A tensor of this shape with the numbers of `x` from places on, and a value elsewhere. */
export const padded = (
  call: Call,
  x: Tensor,
  before: number[],
  shape: number[],
  value: number,
): Tensor => {
  if (`${shape}` === `${x.shape}`) return x;
  const result = filled(call, shape, value, isWhole(x));
  const ranges = x.shape.map((side, axis): Range => [before[axis], side]);
  copy(call, x, narrowedAll(result, ranges));
  return result;
};

/** The numbers of `x` at the places along an axis that `indices` gives. */
export const gather = (call: Call, x: Tensor, indices: Tensor, axis: number): Tensor => {
  const places = contiguous(call, indices);
  const count = sizeOf(indices.shape);
  const result = newTensor(call, x.shape.toSpliced(axis, 1, ...indices.shape), isWhole(x));
  const shape = x.shape.with(axis, count);
  const flat = viewed(result, shape);
  const copySlab = copier(narrowed(x, axis, 0, 1), narrowed(flat, axis, 0, 1));
  step(call, sizeOf(shape), () => {
    for (let i = 0; i < count; i++) {
      const place = positive(places.block.numbers[places.offset + i], x.shape[axis]);
      copySlab([i * flat.strides[axis], place * x.strides[axis]]);
    }
  });
  return result;
};

const reshaped = (call: Call, x: Tensor, shape: number[]): Tensor => {
  needSame("new size", sizeOf(shape), sizeOf(x.shape));
  return viewed(contiguous(call, x), shape);
};

const reshape = (call: Call, x: Tensor, sides: Tensor): Tensor => {
  const keepsZero = attribute(call, "allowzero", 0);
  const shape = valuesOf(sides).map((side, i) => (side || keepsZero ? side : x.shape[i]));
  const open = shape.indexOf(-1);
  if (open >= 0) shape[open] = Math.trunc(sizeOf(x.shape) / -sizeOf(shape));
  return reshaped(call, x, shape);
};

const flatten = (call: Call, x: Tensor): Tensor => {
  const axis = attribute(call, "axis", 1);
  return reshaped(call, x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]);
};

const transpose = (call: Call, x: Tensor): Tensor => {
  const axes = axesOf(x);
  const order = attribute(call, "perm", axes.toReversed());
  needSame("axes", order.toSorted(), axes);
  return ordered(x, order);
};

const squeeze = (_: Call, x: Tensor, ...[given]: Tensor[]): Tensor => {
  const { shape } = x;
  const isOne = (axis: number) => shape[axis] === 1;
  const axes = allPositive(valuesOf(given, axesOf(x).filter(isOne)), shape.length);
  needSame("axes of one number", axes.filter(isOne), axes);
  return without(x, axes);
};

const unsqueeze = (_: Call, x: Tensor, given: Tensor): Tensor => {
  const axes = valuesOf(given);
  const sorted = allPositive(axes, rankOf(x) + axes.length).sort((a, b) => a - b);
  return sorted.reduce(inserted, x);
};

const slice = (_: Call, x: Tensor, from: Tensor, to: Tensor, ...more: Tensor[]): Tensor => {
  const [starts, ends] = [from, to].map((each) => valuesOf(each));
  const axes = allPositive(valuesOf(more[0], upTo(starts.length)), rankOf(x));
  const steps = valuesOf(more[1]);
  axes.forEach((axis, i) => {
    const side = x.shape[axis];
    const step = steps[i] ?? 1;
    if (step < 0) needBetween("start of a slice", starts[i], -side);
    const [least, most] = step > 0 ? [0, side] : [-1, side - 1];
    const [start, end] = [starts[i], ends[i]].map((place) =>
      clamp(place < 0 ? place + side : place, least, most),
    );
    x = narrowed(x, axis, start, max(0, ceil((end - start) / step)), step);
  });
  return x;
};

const split = (call: Call, x: Tensor, ...[given]: Tensor[]): Tensor[] => {
  const axis = axisOf(call, 0, x);
  const side = x.shape[axis];
  const { length } = call.outputs;
  const each = ceil(side / length);
  const sizes = valuesOf(
    given,
    upTo(length).map((i) => min(each, side - i * each)),
  );
  let end = 0;
  const parts = sizes.map((size) => narrowed(x, axis, (end += size) - size, size));
  needSame("sum of sizes", end, side);
  return parts;
};

const concat = (call: Call, x: Tensor, ...others: Tensor[]): Tensor => {
  const parts = [x, ...others];
  const axis = axisOf(call, 0, x);
  const sides = parts.map(({ shape }) => shape[axis]);
  const result = newTensor(call, x.shape.with(axis, sides.reduce(plus)), isWhole(x));
  let start = 0;
  parts.forEach((each, i) => {
    const into = narrowed(result, axis, start, sides[i]);
    needSame("shape of a part", each.shape, into.shape);
    copy(call, each, into);
    start += sides[i];
  });
  return result;
};

const pad = (
  call: Call,
  x: Tensor,
  by: Tensor,
  value = along([0]),
  ...[given]: Tensor[]
): Tensor => {
  const mode = attribute(call, "mode", "constant");
  if (mode !== "constant") lack(`mode ${mode}`);
  const pads = valuesOf(by);
  const axes = allPositive(valuesOf(given, axesOf(x)), rankOf(x));
  const shape = [...x.shape];
  const before = shape.map(() => 0);
  axes.forEach((axis, i) => {
    const [first, last] = [pads[i], pads[i + axes.length]];
    const side = shape[axis] + min(0, first) + min(0, last);
    x = narrowed(x, axis, max(0, -first), side);
    before[axis] = max(0, first);
    shape[axis] += first + last;
  });
  checkShape(x.shape);
  return padded(call, x, before, shape, valuesOf(value)[0]);
};

const expand = (_: Call, x: Tensor, sides: Tensor): Tensor =>
  stretched(x, broadcastShape(x.shape, valuesOf(sides)));

const tile = (call: Call, x: Tensor, given: Tensor): Tensor => {
  valuesOf(given).forEach((times, axis) => {
    const side = x.shape[axis];
    count(call.budget, [times * side], true);
    const places = along(upTo(times * side).map((i) => i % side));
    if (times !== 1) x = gather(call, x, places, axis);
  });
  return x;
};

const cast = (call: Call, x: Tensor): Tensor => {
  const type = attribute(call, "to", 0);
  typeOf(type);
  const isFloat = type === FLOAT32;
  const whole = type === BOOL ? (value: number) => +!!value : Math.trunc;
  return map(call, [x], isFloat ? (value) => value : whole, !isFloat);
};

const constantOfShape = (call: Call, sides: Tensor): Tensor => {
  const shape = valuesOf(sides);
  const { numbers } = attribute(call, "value", { shape: [], numbers: Float32Array.of(0) });
  return viewed(
    tensorOf(numbers),
    shape,
    shape.map(() => 0),
  );
};

const range = (call: Call, a: Tensor, b: Tensor, c: Tensor): Tensor => {
  const [[start], [limit], [delta]] = [a, b, c].map((each) => valuesOf(each));
  // Larger whole numbers may differ between the page and the kernel.
  for (const end of [start, limit]) needBetween("end of a range", end, 1 - 2 ** 30, 2 ** 30 - 1);
  const n = max(0, ceil((limit - start) / delta));
  count(call.budget, [n], true);
  return map(call, [along(upTo(n))], (i) => start + i * delta, isWhole(a));
};

const oneHot = (call: Call, x: Tensor, sides: Tensor, values: Tensor): Tensor => {
  const rank = rankOf(x);
  const axis = positive(attribute(call, "axis", -1), rank + 1);
  const [depth] = valuesOf(sides);
  const [off, on] = valuesOf(values);
  count(call.budget, [depth], true);
  const places = along(upTo(depth), rank - axis);
  const isOn = (index: number, i: number) => (index === i || index + depth === i ? on : off);
  return map(call, [inserted(x, axis), places], isOn, isWhole(values));
};

const shapeOf = (call: Call, { shape }: Tensor): Tensor =>
  along(shape.slice(attribute(call, "start", 0), attribute(call, "end", shape.length)));

export const MOVES: Record<string, Operator> = {
  Cast: cast,
  Concat: concat,
  ConstantOfShape: constantOfShape,
  Expand: expand,
  Flatten: flatten,
  Gather: (call, x, indices) => gather(call, x, indices, axisOf(call, 0, x)),
  Identity: (_, x) => x,
  OneHot: oneHot,
  Pad: pad,
  Range: range,
  Reshape: reshape,
  Shape: shapeOf,
  Size: (_, x) => without(along([sizeOf(x.shape)]), [0]),
  Slice: slice,
  Split: split,
  Squeeze: squeeze,
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};
