/** Pooling, and images of another size. */
import type { Call, Operator } from "./call.ts";
import { copyRow, nest, walk } from "./loops.ts";
import { placeOf, rowMajor, sizeOf, type Tensor } from "./tensor.ts";
import { type Window, windows } from "./windows.ts";

/** A tensor for images with the channels last in memory. */
function channelsLast(call: Call, shape: number[]): Tensor {
  if (shape.length < 3) return call.tensor(shape);
  const [n, channels, ...sides] = shape;
  const [first, ...others] = rowMajor([n, ...sides, channels]);
  return call.tensor(shape, "float", [first, 1, ...others.slice(0, -1)]);
}

/** The mean or the maximum of windows, or of whole channels. */
const pool =
  (isMean: boolean, isGlobal = false): Operator =>
  (call) => {
    const x = call.input(0);
    if (x.shape.length < 3 || x.shape.length > 4) call.lack(`${x.shape.length - 2} spatial axes`);
    if (call.node.outputs.length > 1) call.lack("places of maxima");
    const kernel = isGlobal ? x.shape.slice(2) : call.attribute("kernel_shape", []);
    const found = windows(call, x.shape.slice(2), kernel);
    const result = channelsLast(call, [...x.shape.slice(0, 2), ...found.map((each) => each.out)]);
    const single = { side: 1, out: 1, kernel: 1, stride: 1, dilation: 1, before: 0 };
    const [rows, columns] = found.length === 2 ? found : [single, found[0]];
    const all = call.attribute("count_include_pad", 0) ? sizeOf(kernel) : 0;
    const spatial = (tensor: Tensor) =>
      found.length === 2 ? tensor.strides.slice(2) : [0, tensor.strides[2]];
    const [[down, right], [outDown, outRight]] = [x, result].map(spatial);
    const outer = nest(
      [...x.shape.slice(0, 2), 1],
      [...result.strides.slice(0, 2), 0],
      [...x.strides.slice(0, 2), 0],
    );
    const m = outer.sides.at(-1)!;
    const [to, from] = outer.strides.map((each) => each.at(-1)!);
    const seen = ({ stride, before, dilation, side }: Window, place: number, tap: number) => {
      const at = place * stride - before + tap * dilation;
      return at >= 0 && at < side ? at : -1;
    };
    call.step(sizeOf(result.shape) * sizeOf(kernel), () => {
      const { data } = x.buffer;
      walk(outer, [result, x].map(placeOf), ([at, place]) => {
        for (let row = 0; row < rows.out; row++) {
          for (let column = 0; column < columns.out; column++) {
            const first = at + row * outDown + column * outRight;
            for (let i = 0; i < m; i++) {
              let [value, count] = [isMean ? 0 : -Infinity, 0];
              for (let a = 0; a < rows.kernel; a++) {
                const y = seen(rows, row, a);
                for (let b = 0; y >= 0 && b < columns.kernel; b++) {
                  const z = seen(columns, column, b);
                  if (z < 0) continue;
                  const number = data[place + i * from + y * down + z * right];
                  value = isMean ? value + number : Math.max(value, number);
                  count++;
                }
              }
              result.buffer.data[first + i * to] = isMean ? value / (all || count) : value;
            }
          }
        }
      });
    });
    return [result];
  };

type Place = (i: number, scale: number, side: number, out: number) => number;

/** Coordinate in the input of place i of the result: https://onnx.ai/onnx/operators/onnx__Resize.html. */
const COORDINATES: Record<string, Place> = {
  half_pixel: (i, scale) => (i + 0.5) / scale - 0.5,
  pytorch_half_pixel: (i, scale, _, out) => (out > 1 ? (i + 0.5) / scale - 0.5 : 0),
  asymmetric: (i, scale) => i / scale,
  align_corners: (i, _, side, out) => (out > 1 ? (i * (side - 1)) / (out - 1) : 0),
};
const NEAREST: Record<string, (x: number) => number> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

function resize(call: Call): Tensor[] {
  let x = call.input(0);
  const mode = call.attribute("mode", "nearest");
  const transform = call.attribute("coordinate_transformation_mode", "half_pixel");
  const rounding = call.attribute("nearest_mode", "round_prefer_floor");
  const others = ["axes", "antialias", "exclude_outside"].filter((name) =>
    call.node.attributes.has(name),
  );
  const policy = call.attribute("keep_aspect_ratio_policy", "stretch");
  if (!Object.hasOwn(COORDINATES, transform)) call.lack(transform);
  if (mode !== "linear" && mode !== "nearest") call.lack(`mode ${mode}`);
  if (!Object.hasOwn(NEAREST, rounding)) call.lack(rounding);
  if (others.some((name) => call.node.attributes.get(name) !== 0) || policy !== "stretch")
    call.lack(`${others} or ${policy}`);
  const sizes = call.has(3) ? call.values(3) : undefined;
  const scales = sizes ? sizes.map((size, i) => size / x.shape[i]) : call.values(2);
  if (scales.length !== x.shape.length)
    call.fail(`has ${scales.length} scales for ${x.shape.length} axes`);
  const shape = sizes ?? x.shape.map((side, i) => Math.floor(Math.fround(side) * scales[i]));
  for (const [axis, out] of shape.entries()) {
    const side = x.shape[axis];
    if (out === side && scales[axis] === 1) continue;
    const result = channelsLast(call, x.shape.toSpliced(axis, 1, out));
    const inside = (place: number) => Math.min(Math.max(place, 0), side - 1);
    const taps = Array.from({ length: out }, (_, i) => {
      const place = COORDINATES[transform](i, scales[axis], side, out);
      if (mode === "nearest") return [inside(NEAREST[rounding](place)), 0, 0];
      const low = Math.floor(inside(place));
      return [low, inside(low + 1), inside(place) - low];
    });
    const without = (list: number[]) => list.toSpliced(axis, 1);
    const source = x;
    const loops = nest(without(result.shape), without(result.strides), without(source.strides));
    const n = loops.sides.at(-1)!;
    const [to, from] = loops.strides.map((each) => each.at(-1)!);
    call.step(2 * sizeOf(result.shape), () => {
      const { data } = source.buffer;
      const target = result.buffer.data;
      for (const [i, [low, high, share]] of taps.entries()) {
        const stride = source.strides[axis];
        const places = [placeOf(result) + i * result.strides[axis], placeOf(source) + low * stride];
        const next = (high - low) * stride;
        walk(loops, places, ([at, place]) => {
          if (!share) copyRow(target, at, to, data, place, from, n);
          else {
            for (let j = 0; j < n; j++, at += to, place += from) {
              target[at] = data[place] + share * (data[place + next] - data[place]);
            }
          }
        });
      }
    });
    x = result;
  }
  return [x];
}

export const POOLING: Record<string, Operator> = {
  AveragePool: pool(true),
  GlobalAveragePool: pool(true, true),
  GlobalMaxPool: pool(false, true),
  MaxPool: pool(false),
  Resize: resize,
};
