/** Operators that move numbers; most of them only view the same memory in another way. */
import { type Constant, kindOf } from "../onnx/arrays.ts";
import { BadModelError } from "../onnx/errors.ts";
import { type Call, constantOf, copier, type Operator } from "./call.ts";
import { map } from "./elementwise.ts";
import { copyRow, nest, walk } from "./loops.ts";
import { placeOf, rowMajor, sizeOf, type Tensor } from "./tensor.ts";

function reshaped(call: Call, x: Tensor, shape: number[]): Tensor[] {
  if (sizeOf(shape) !== sizeOf(x.shape)) call.fail(`makes ${x.shape} into ${shape}`);
  return [call.view(call.contiguous(x), shape, rowMajor(shape))];
}

function reshape(call: Call): Tensor[] {
  const shape = call.shape();
  const sides = [...(call.numbers(1) ?? call.fail("lacks a shape"))];
  if (!call.attribute("allowzero", 0)) sides.forEach((side, i) => (sides[i] = side || shape[i]));
  const open = sides.indexOf(-1);
  if (open >= 0) sides[open] = Math.trunc(sizeOf(shape) / -sizeOf(sides));
  return reshaped(call, call.input(0), sides);
}

function flatten(call: Call): Tensor[] {
  const shape = call.shape();
  const axis = call.positive(call.attribute("axis", 1), shape.length + 1);
  const before = call.attribute("axis", 1) < 0 ? axis - 1 : axis;
  return reshaped(call, call.input(0), [
    sizeOf(shape.slice(0, before)),
    sizeOf(shape.slice(before)),
  ]);
}

function transpose(call: Call): Tensor[] {
  const { shape, strides } = call.input(0);
  const order = call.attribute(
    "perm",
    shape.map((_, i) => shape.length - 1 - i),
  );
  const sorted = [...order].sort((a, b) => a - b);
  if (`${sorted}` !== `${[...shape.keys()]}`)
    call.fail(`permutes ${shape.length} axes by ${order}`);
  return [
    call.view(
      call.input(0),
      order.map((i) => shape[i]),
      order.map((i) => strides[i]),
    ),
  ];
}

function squeeze(call: Call): Tensor[] {
  const { shape, strides } = call.input(0);
  const axes = call.numbers(1)?.map((axis) => call.positive(axis, shape.length));
  const kept = [...shape.keys()].filter((i) => (axes ? !axes.includes(i) : shape[i] !== 1));
  if (axes?.some((axis) => shape[axis] !== 1)) call.fail(`takes the axes ${axes} from ${shape}`);
  return [
    call.view(
      call.input(0),
      kept.map((i) => shape[i]),
      kept.map((i) => strides[i]),
    ),
  ];
}

function unsqueeze(call: Call): Tensor[] {
  const { shape, strides } = call.input(0);
  const given = call.numbers(1) ?? [];
  const rank = shape.length + given.length;
  const axes = new Set(given.map((axis) => call.positive(axis, rank)));
  if (axes.size !== given.length) call.fail(`has the axes ${given}`);
  const places = Array.from({ length: rank }, (_, i) => i);
  let next = 0;
  const from = places.map((i) => (axes.has(i) ? -1 : next++));
  return [
    call.view(
      call.input(0),
      from.map((i) => shape[i] ?? 1),
      from.map((i) => strides[i] ?? 0),
    ),
  ];
}

/** A range along an axis: first place, number of places, step. */
type Part = [start: number, count: number, step: number];

function part(call: Call, x: Tensor, parts: Map<number, Part>, mayBeEmpty = false): Tensor {
  const shape = [...x.shape];
  const strides = [...x.strides];
  let offset = 0;
  for (const [axis, [start, count, step]] of parts) {
    offset += count && start * strides[axis];
    shape[axis] = count;
    strides[axis] *= step;
  }
  return call.view(x, shape, strides, offset, mayBeEmpty);
}

function slice(call: Call): Tensor[] {
  const shape = call.shape();
  const [starts, ends] = [call.values(1), call.values(2)];
  const axes = call.numbers(3) ?? [...starts.keys()];
  const steps = call.numbers(4) ?? starts.map(() => 1);
  if ([ends, axes, steps].some((list) => list.length !== starts.length))
    call.fail("has lists of other lengths");
  const parts = new Map<number, Part>();
  for (const [i, each] of axes.entries()) {
    const axis = call.positive(each, shape.length);
    const [side, step] = [shape[axis], steps[i]];
    if (!step) call.fail("has a step of 0");
    if (step < 0 && starts[i] < -side) call.fail(`begins a Slice at ${starts[i]}`);
    const [least, most] = step > 0 ? [0, side] : [-1, side - 1];
    const [start, end] = [starts[i], ends[i]].map((place) =>
      Math.min(Math.max(place < 0 ? place + side : place, least), most),
    );
    parts.set(axis, [start, Math.max(0, Math.ceil((end - start) / step)), step]);
  }
  return [part(call, call.input(0), parts)];
}

function split(call: Call): Tensor[] {
  const axis = call.axis(0);
  const [side, n] = [call.shape()[axis], call.node.outputs.length];
  const each = Math.ceil(side / n);
  const sizes = call.numbers(1) ?? call.node.outputs.map((_, i) => Math.min(each, side - i * each));
  const sum = sizes.reduce((a, b) => a + b, 0);
  if (sizes.length !== n || sum !== side || sizes.some((size) => size < 0))
    call.fail(`splits ${side} into ${sizes}`);
  let start = 0;
  return sizes.map((size) => {
    const result = part(call, call.input(0), new Map([[axis, [start, size, 1]]]), true);
    start += size;
    return result;
  });
}

function concat(call: Call): Tensor[] {
  const axis = call.axis(0);
  const shape = [...call.shape()];
  const without = (sides: number[]) => `${sides.filter((_, i) => i !== axis)}`;
  for (const each of call.given) {
    if (each.shape.length !== shape.length || without(each.shape) !== without(shape)) {
      call.fail(`joins ${each.shape} to ${shape}`);
    }
  }
  shape[axis] = call.given.reduce((sum, each) => sum + each.shape[axis], 0);
  const result = call.tensor(shape, call.input(0).kind);
  let start = 0;
  for (const each of call.given) {
    const side = each.shape[axis];
    const offset = start * result.strides[axis];
    if (side) call.step(sizeOf(each.shape), copier(each, { ...result, shape: each.shape, offset }));
    start += side;
  }
  return [result];
}

function pad(call: Call): Tensor[] {
  if (call.attribute("mode", "constant") !== "constant")
    call.lack(`mode ${call.attribute("mode", "")}`);
  const x = call.input(0);
  const pads = call.values(1);
  const axes = call.numbers(3) ?? [...x.shape.keys()];
  const value = call.has(2) ? call.values(2)[0] : 0;
  const shape = [...x.shape];
  const inner = new Map<number, Part>();
  const cut = new Map<number, Part>();
  for (const [i, each] of axes.entries()) {
    const axis = call.positive(each, shape.length);
    const [before, after] = [pads[i], pads[i + axes.length]];
    const kept = shape[axis] + Math.min(0, before) + Math.min(0, after);
    cut.set(axis, [Math.max(0, -before), kept, 1]);
    inner.set(axis, [Math.max(0, before), kept, 1]);
    shape[axis] += before + after;
  }
  const result = call.tensor(shape, x.kind);
  const from = part(call, x, cut);
  const into = part(call, result, inner);
  call.step(sizeOf(shape), () => {
    const start = placeOf(result);
    result.buffer.data.fill(value, start, start + sizeOf(shape));
  });
  call.step(sizeOf(from.shape), copier(from, into));
  return [result];
}

function gather(call: Call): Tensor[] {
  const axis = call.axis(0);
  const [x, indices] = [call.input(0), call.contiguous(call.input(1))];
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const count = sizeOf(indices.shape);
  if (!indices.shape.length && indices.isConstant) {
    const place = call.positive(call.values(1)[0], x.shape[axis]);
    const one = part(call, x, new Map([[axis, [place, 1, 1]]]));
    const without = (list: number[]) => list.filter((_, i) => i !== axis);
    return [call.view(one, without(one.shape), without(one.strides))];
  }
  const result = call.tensor([...before, ...indices.shape, ...after], x.kind);
  const step = sizeOf(after);
  const outer = rowMajor([...before, count, ...after]);
  outer.splice(axis, 1);
  const source = x.strides.filter((_, i) => i !== axis);
  const loops = nest([...before, ...after], outer, source);
  const n = loops.sides.at(-1)!;
  const [to, from] = loops.strides.map((each) => each.at(-1)!);
  call.step(sizeOf(result.shape), () => {
    for (let i = 0; i < count; i++) {
      const index = indices.buffer.data[placeOf(indices) + i];
      const side = x.shape[axis];
      if (!(index >= -side && index < side))
        throw new BadModelError(`it takes number ${index} of ${side}`);
      const places = [
        placeOf(result) + i * step,
        placeOf(x) + ((index + side) % side) * x.strides[axis],
      ];
      walk(loops, places, ([at, place]) =>
        copyRow(result.buffer.data, at, to, x.buffer.data, place, from, n),
      );
    }
  });
  return [result];
}

function expand(call: Call): Tensor[] {
  const x = call.input(0);
  const sides = call.values(1);
  const rank = Math.max(sides.length, x.shape.length);
  const before = rank - sides.length;
  const shape = Array.from({ length: rank }, (_, i) => {
    const side = x.shape[i - rank + x.shape.length] ?? 1;
    return i < before || sides[i - before] === 1 ? side : sides[i - before];
  });
  const { strides } = call.stretched(x, shape);
  return [call.view(x, shape, strides)];
}

function tile(call: Call): Tensor[] {
  const { shape, strides } = call.input(0);
  const repeats = call.values(1);
  if (repeats.length !== shape.length)
    call.fail(`has ${repeats.length} repeats for ${shape.length} axes`);
  const sides = shape.map((side, i) => side * repeats[i]);
  const result = call.tensor(sides, call.input(0).kind);
  const whole = shape.flatMap((side, i) => [repeats[i], side]);
  const into = { ...result, shape: whole, strides: rowMajor(whole) };
  const from = {
    ...call.input(0),
    shape: whole,
    strides: strides.flatMap((stride) => [0, stride]),
  };
  call.step(sizeOf(sides), copier(from, into));
  return [result];
}

function cast(call: Call): Tensor[] {
  const kind = kindOf(call.attribute("to", 0), "the result of Cast");
  const x = call.input(0);
  if (kind === x.kind || (kind === "int" && x.kind === "bool")) return [{ ...x, kind }];
  const f =
    kind === "bool"
      ? (value: number) => Number(value !== 0)
      : kind === "int"
        ? Math.trunc
        : (value: number) => value;
  return [map(call, [x], f, kind)];
}

function known(kind: Constant["kind"], shape: number[], numbers: number[]): Tensor {
  const data = kind === "float" ? Float32Array.from(numbers) : Float64Array.from(numbers);
  return constantOf({ kind, shape, data });
}

function shapeOf(call: Call): Tensor[] {
  const shape = call.shape();
  const end = call.attribute("end", shape.length);
  const sides = shape.slice(call.attribute("start", 0), end);
  return [known("int", [sides.length], sides)];
}

function constantOfShape(call: Call): Tensor[] {
  const shape = call.values(0);
  const value = call.node.attributes.get("value") ?? known("float", [1], [0]).buffer;
  if (typeof value !== "object" || !("data" in value)) call.fail("has a value that is no tensor");
  const kind = "kind" in value ? value.kind : "float";
  const result = known(kind, [1], [value.data[0]]);
  return [
    call.view(
      result,
      shape,
      shape.map(() => 0),
    ),
  ];
}

function range(call: Call): Tensor[] {
  const [start, limit, delta] = [0, 1, 2].map((i) => call.values(i)[0]);
  if (Math.max(Math.abs(start), Math.abs(limit)) >= 2 ** 30)
    call.fail(`has a Range from ${start} to ${limit}`);
  const n = Math.max(0, Math.ceil((limit - start) / delta));
  const result = call.tensor([n], call.input(0).kind);
  call.step(n, () => {
    for (let i = 0; i < n; i++) result.buffer.data[i] = start + i * delta;
  });
  return [result];
}

function oneHot(call: Call): Tensor[] {
  const indices = call.input(0);
  const depth = call.values(1)[0];
  const axis = call.axis(-1, indices.shape.length + 1);
  const [off, on] = call.values(2);
  const shape = indices.shape.toSpliced(axis, 0, depth);
  const result = call.tensor(shape, call.input(2).kind);
  const outer = result.strides.toSpliced(axis, 1);
  const loops = nest([...indices.shape, 1], [...outer, 0], [...indices.strides, 0]);
  const n = loops.sides.at(-1)!;
  const [to, from] = loops.strides.map((each) => each.at(-1)!);
  call.step(sizeOf(shape), () => {
    const { data } = result.buffer;
    data.fill(off, placeOf(result), placeOf(result) + sizeOf(shape));
    walk(loops, [result, indices].map(placeOf), ([at, place]) => {
      for (let i = 0; i < n; i++) {
        const index = indices.buffer.data[place + i * from];
        const hot = index < 0 ? index + depth : index;
        if (hot >= 0 && hot < depth) data[at + i * to + hot * result.strides[axis]] = on;
      }
    });
  });
  return [result];
}

export const MOVES: Record<string, Operator> = {
  Cast: cast,
  Concat: concat,
  ConstantOfShape: constantOfShape,
  Expand: expand,
  Flatten: flatten,
  Gather: gather,
  Identity: (call) => [call.input(0)],
  OneHot: oneHot,
  Pad: pad,
  Range: range,
  Reshape: reshape,
  Shape: shapeOf,
  Size: (call) => [known("int", [], [sizeOf(call.shape())])],
  Slice: slice,
  Split: split,
  Squeeze: squeeze,
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};
