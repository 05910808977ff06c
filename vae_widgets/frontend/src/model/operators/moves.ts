/** Operators that move numbers; most of them only view the same memory in another way. */
import { kindOf } from "../onnx/arrays.ts";
import { BadModelError } from "../onnx/errors.ts";
import type { Call, Operator } from "./call.ts";
import { copier } from "./loops.ts";
import { fill, known, map, without } from "./map.ts";
import { placeOf, rowMajor, sizeOf, type Tensor } from "./tensor.ts";

/** A range along an axis: first place, number of places, step. */
type Range = [start: number, count: number, step?: number];

/** Ranges of some axes of a tensor. */
function part(call: Call, x: Tensor, ranges: Map<number, Range>, mayBeEmpty = false): Tensor {
  const shape = [...x.shape];
  const strides = [...x.strides];
  let offset = 0;
  for (const [axis, [start, count, step = 1]] of ranges) {
    offset += count && start * strides[axis];
    shape[axis] = count;
    strides[axis] *= step;
  }
  return call.view(x, shape, strides, offset, mayBeEmpty);
}

/** A tensor of this shape with the numbers of `x` from places on, and a value elsewhere. */
export function padded(
  call: Call,
  x: Tensor,
  before: number[],
  shape: number[],
  value: number,
): Tensor {
  const result = call.tensor(shape, x.kind);
  call.step(sizeOf(shape), () => fill(result, value));
  const ranges = x.shape.map((side, axis): [number, Range] => [axis, [before[axis], side]]);
  call.step(sizeOf(x.shape), copier(x, part(call, result, new Map(ranges))));
  return result;
}

/** The numbers of `x` at the places along an axis that `indices` gives. */
export function gather(call: Call, x: Tensor, indices: Tensor, axis: number): Tensor {
  const side = x.shape[axis];
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const places = call.contiguous(indices);
  const count = sizeOf(indices.shape);
  const result = call.tensor([...before, ...indices.shape, ...after], x.kind);
  const slab = (tensor: Tensor, strides: number[]) => ({
    ...tensor,
    shape: [...before, ...after],
    strides: strides.toSpliced(axis, 1),
  });
  const strides = rowMajor([...before, count, ...after]);
  const copy = copier(slab(x, x.strides), slab(result, strides));
  call.step(sizeOf(result.shape), () => {
    for (let i = 0; i < count; i++) {
      const index = places.buffer.data[placeOf(places) + i];
      if (!(index >= -side && index < side))
        throw new BadModelError(`it takes number ${index} of ${side}`);
      copy([i * strides[axis], (index < 0 ? index + side : index) * x.strides[axis]]);
    }
  });
  return result;
}

function reshaped(call: Call, shape: number[]): Tensor[] {
  const x = call.contiguous(call.input(0));
  if (sizeOf(shape) !== sizeOf(x.shape)) call.fail(`makes ${x.shape} into ${shape}`);
  return [call.view(x, shape, rowMajor(shape))];
}

function reshape(call: Call): Tensor[] {
  const shape = call.shape();
  const sides = call
    .values(1)
    .map((side, i) => (side || call.attribute("allowzero", 0) ? side : shape[i]));
  const open = sides.indexOf(-1);
  if (open >= 0) sides[open] = Math.trunc(sizeOf(shape) / -sizeOf(sides));
  return reshaped(call, sides);
}

function flatten(call: Call): Tensor[] {
  const shape = call.shape();
  const axis = call.attribute("axis", 1);
  return reshaped(call, [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))]);
}

function transpose(call: Call): Tensor[] {
  const x = call.input(0);
  const order = call.attribute("perm", [...x.shape.keys()].reverse());
  if (`${[...order].sort()}` !== `${[...x.shape.keys()]}`)
    call.fail(`permutes ${x.shape} by ${order}`);
  const [shape, strides] = [x.shape, x.strides].map((list) => order.map((axis) => list[axis]));
  return [call.view(x, shape, strides)];
}

function squeeze(call: Call): Tensor[] {
  const shape = call.shape();
  const given = call.numbers(1)?.map((axis) => call.positive(axis, shape.length));
  const axes = given ?? [...shape.keys()].filter((axis) => shape[axis] === 1);
  if (axes.some((axis) => shape[axis] !== 1)) call.fail(`takes the axes ${axes} from ${shape}`);
  return [without(call, call.input(0), axes)];
}

function unsqueeze(call: Call): Tensor[] {
  const x = call.input(0);
  const axes = call.values(1);
  const rank = x.shape.length + axes.length;
  const [shape, strides] = [[...x.shape], [...x.strides]];
  for (const axis of axes.map((each) => call.positive(each, rank)).sort((a, b) => a - b)) {
    shape.splice(axis, 0, 1);
    strides.splice(axis, 0, 0);
  }
  return [call.view(x, shape, strides)];
}

function slice(call: Call): Tensor[] {
  const shape = call.shape();
  const [starts, ends] = [call.values(1), call.values(2)];
  const axes = call.numbers(3) ?? [...starts.keys()];
  const steps = call.numbers(4) ?? starts.map(() => 1);
  const ranges = new Map<number, Range>();
  for (const [i, each] of axes.entries()) {
    const axis = call.positive(each, shape.length);
    const [side, step] = [shape[axis], steps[i]];
    if (step < 0 && starts[i] < -side) call.fail(`begins a Slice at ${starts[i]}`);
    const [least, most] = step > 0 ? [0, side] : [-1, side - 1];
    const [start, end] = [starts[i], ends[i]].map((place) =>
      Math.min(Math.max(place < 0 ? place + side : place, least), most),
    );
    ranges.set(axis, [start, Math.max(0, Math.ceil((end - start) / step)), step]);
  }
  return [part(call, call.input(0), ranges)];
}

function split(call: Call): Tensor[] {
  const axis = call.axis(0);
  const side = call.shape()[axis];
  const { outputs } = call.node;
  const each = Math.ceil(side / outputs.length);
  const sizes = call.numbers(1) ?? outputs.map((_, i) => Math.min(each, side - i * each));
  let start = 0;
  const parts = sizes.map((size) =>
    part(call, call.input(0), new Map([[axis, [(start += size) - size, size]]]), true),
  );
  if (sizes.length !== outputs.length || start !== side) call.fail(`splits ${side} into ${sizes}`);
  return parts;
}

function concat(call: Call): Tensor[] {
  const axis = call.axis(0);
  const rests = call.given.map(({ shape }) => `${shape.toSpliced(axis, 1)}`);
  if (rests.some((rest) => rest !== rests[0])) call.fail("joins tensors of other shapes");
  const side = call.given.reduce((sum, { shape }) => sum + shape[axis], 0);
  const result = call.tensor(call.shape().with(axis, side), call.input(0).kind);
  let start = 0;
  for (const each of call.given) {
    const { shape } = each;
    const into = { ...result, shape, offset: start * result.strides[axis] };
    call.step(sizeOf(shape), copier(each, into));
    start += shape[axis];
  }
  return [result];
}

function pad(call: Call): Tensor[] {
  const mode = call.attribute("mode", "constant");
  if (mode !== "constant") call.lack(`mode ${mode}`);
  const x = call.input(0);
  const pads = call.values(1);
  const axes = call.numbers(3) ?? [...x.shape.keys()];
  const shape = [...x.shape];
  const before = shape.map(() => 0);
  const cut = new Map<number, Range>();
  for (const [i, each] of axes.entries()) {
    const axis = call.positive(each, shape.length);
    const [first, last] = [pads[i], pads[i + axes.length]];
    cut.set(axis, [Math.max(0, -first), shape[axis] + Math.min(0, first) + Math.min(0, last)]);
    before[axis] = Math.max(0, first);
    shape[axis] += first + last;
  }
  return [padded(call, part(call, x, cut), before, shape, call.has(2) ? call.values(2)[0] : 0)];
}

function expand(call: Call): Tensor[] {
  const x = call.input(0);
  const sides = call.values(1);
  const rank = Math.max(sides.length, x.shape.length);
  const full = (list: number[]) => [...new Array(rank - list.length).fill(1), ...list];
  const own = full(x.shape);
  const shape = full(sides).map((side, i) => (side === 1 ? own[i] : side));
  return [call.view(x, shape, call.stretched(x, shape).strides)];
}

function tile(call: Call): Tensor[] {
  const x = call.input(0);
  const repeats = call.values(1);
  const result = call.tensor(
    x.shape.map((side, i) => side * repeats[i]),
    x.kind,
  );
  const shape = x.shape.flatMap((side, i) => [repeats[i], side]);
  const from = { ...x, shape, strides: x.strides.flatMap((stride) => [0, stride]) };
  call.step(sizeOf(shape), copier(from, { ...result, shape, strides: rowMajor(shape) }));
  return [result];
}

function cast(call: Call): Tensor[] {
  const kind = kindOf(call.attribute("to", 0), "the result of Cast");
  return [
    map(
      call,
      [call.input(0)],
      kind === "bool" ? (x) => +!!x : kind === "int" ? Math.trunc : (x) => x,
      kind,
    ),
  ];
}

function constantOfShape(call: Call): Tensor[] {
  const shape = call.values(0);
  const value = call.node.attributes.get("value") ?? known([0]).buffer;
  if (typeof value !== "object" || !("data" in value)) call.fail("has a value that is no tensor");
  const one = known([value.data[0]], "kind" in value ? value.kind : "float");
  return [call.view(one, shape, new Array(Math.min(shape.length, 9)).fill(0))];
}

function range(call: Call): Tensor[] {
  const [start, limit, delta] = [0, 1, 2].map((i) => call.values(i)[0]);
  if (Math.max(Math.abs(start), Math.abs(limit)) >= 2 ** 30)
    call.fail(`has a Range from ${start} to ${limit}`);
  const result = call.tensor([Math.max(0, Math.ceil((limit - start) / delta))], call.input(0).kind);
  const { data } = result.buffer;
  call.step(data.length, () => data.forEach((_, i) => (data[i] = start + i * delta)));
  return [result];
}

function oneHot(call: Call): Tensor[] {
  const x = call.input(0);
  const rank = x.shape.length;
  const axis = call.axis(-1, rank + 1);
  const depth = call.values(1)[0];
  const [off, on] = call.values(2);
  const { kind } = call.input(2);
  call.budget.addTensor([depth]);
  const places = known(
    Array.from({ length: depth }, (_, i) => i),
    kind,
    rank - axis,
  );
  const indices = {
    ...x,
    shape: x.shape.toSpliced(axis, 0, 1),
    strides: x.strides.toSpliced(axis, 0, 0),
  };
  return [
    map(
      call,
      [indices, places],
      (index, i) => (index === i || index + depth === i ? on : off),
      kind,
    ),
  ];
}

export const MOVES: Record<string, Operator> = {
  Cast: cast,
  Concat: concat,
  ConstantOfShape: constantOfShape,
  Expand: expand,
  Flatten: flatten,
  Gather: (call) => [gather(call, call.input(0), call.input(1), call.axis(0))],
  Identity: (call) => [call.input(0)],
  OneHot: oneHot,
  Pad: pad,
  Range: range,
  Reshape: reshape,
  Shape: (call) => [
    known(call.shape().slice(call.attribute("start", 0), call.attribute("end", 9)), "int"),
  ],
  Size: (call) => [without(call, known([sizeOf(call.shape())], "int"), [0])],
  Slice: slice,
  Split: split,
  Squeeze: squeeze,
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};
