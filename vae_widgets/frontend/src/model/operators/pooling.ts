/** Pooling, and images of another size. */
import type { Call, Operator } from "./call.ts";
import { known, map, reduce } from "./map.ts";
import { gather, padded } from "./moves.ts";
import type { Tensor } from "./tensor.ts";
import { windows } from "./windows.ts";

/** The mean or the maximum of windows, or of whole channels. */
const pool =
  (isMean: boolean, isGlobal = false): Operator =>
  (call) => {
    const x = call.input(0);
    const [n, channels, ...sides] = x.shape;
    const kernel = isGlobal ? sides : call.attribute("kernel_shape", []);
    const found = windows(call, sides, kernel);
    const ends = found.map(
      (each) => (each.out - 1) * each.stride + (each.kernel - 1) * each.dilation + 1,
    );
    const shape = [
      n,
      channels,
      ...found.map(({ side, before }, i) => Math.max(before + side, ends[i])),
    ];
    const befores = [0, 0, ...found.map(({ before }) => before)];
    const whole =
      `${shape}` === `${x.shape}` ? x : padded(call, x, befores, shape, isMean ? 0 : -Infinity);
    // All windows as one tensor, each number of which is read where it is.
    const outs = found.map(({ out }) => out);
    const [first, second, ...steps] = whole.strides;
    const strides = [
      ...[first, second, ...steps.map((step, i) => step * found[i].stride)],
      ...steps.map((step, i) => step * found[i].dilation),
    ];
    const all: Tensor = {
      ...whole,
      product: undefined,
      shape: [n, channels, ...outs, ...kernel],
      strides,
    };
    const axes = kernel.map((_, i) => 2 + kernel.length + i);
    const reduced = reduce(
      call,
      all,
      axes,
      isMean ? 0 : -Infinity,
      isMean ? (a, b) => a + b : (a, b) => Math.max(a, b),
    );
    let result = call.view(
      reduced,
      [n, channels, ...outs],
      reduced.strides.slice(0, 2 + kernel.length),
    );
    const includesPadding = call.attribute("count_include_pad", 0);
    for (const [i, { out, side, stride, dilation, before }] of isMean ? found.entries() : []) {
      const inside = (place: number, tap: number) => {
        const at = place * stride - before + tap * dilation;
        return includesPadding || (at >= 0 && at < side);
      };
      const taps = [...new Array(kernel[i]).keys()];
      const counts = [...new Array(out).keys()].map(
        (place) => taps.filter((tap) => inside(place, tap)).length,
      );
      result = map(
        call,
        [result, known(counts, "float", kernel.length - 1 - i)],
        (sum, count) => sum / count,
      );
    }
    return [result];
  };

type Place = (i: number, scale: number, side: number, out: number) => number;

/** Coordinate in the input of place i of the result: https://onnx.ai/onnx/operators/onnx__Resize.html. */
const COORDINATES = new Map<string, Place>([
  ["half_pixel", (i, scale) => (i + 0.5) / scale - 0.5],
  ["pytorch_half_pixel", (i, scale, _, out) => (out > 1 ? (i + 0.5) / scale - 0.5 : 0)],
  ["asymmetric", (i, scale) => i / scale],
  ["align_corners", (i, _, side, out) => (out > 1 ? (i * (side - 1)) / (out - 1) : 0)],
]);
const ROUNDINGS = new Map<string, (x: number) => number>([
  ["round_prefer_floor", (x) => Math.ceil(x - 0.5)],
  ["round_prefer_ceil", (x) => Math.floor(x + 0.5)],
  ["floor", Math.floor],
  ["ceil", Math.ceil],
]);

function resize(call: Call): Tensor[] {
  let x = call.input(0);
  const mode = call.attribute("mode", "nearest");
  const coordinates = call.attribute("coordinate_transformation_mode", "half_pixel");
  const transform = COORDINATES.get(coordinates) ?? call.lack(coordinates);
  const rounding = call.attribute("nearest_mode", "round_prefer_floor");
  const round = ROUNDINGS.get(rounding) ?? call.lack(rounding);
  for (const name of ["axes", "antialias", "exclude_outside"])
    if (call.node.attributes.get(name)) call.lack(name);
  if (!["linear", "nearest"].includes(mode)) call.lack(mode);
  const { shape } = x;
  const sizes = call.has(3) ? call.values(3) : undefined;
  const scales = sizes?.map((size, i) => size / shape[i]) ?? call.values(2);
  const sides = sizes ?? shape.map((side, i) => Math.floor(Math.fround(side) * scales[i]));
  call.budget.addTensor(sides);
  for (const [axis, out] of sides.entries()) {
    const side = shape[axis];
    if (out === side && scales[axis] === 1) continue;
    const inside = (place: number) => Math.min(Math.max(place, 0), side - 1);
    const places = Array.from({ length: out }, (_, i) => transform(i, scales[axis], side, out));
    const lows = places.map((place) =>
      mode === "linear" ? Math.floor(inside(place)) : inside(round(place)),
    );
    const low = gather(call, x, known(lows, "int"), axis);
    if (mode === "nearest") x = low;
    else {
      const high = gather(
        call,
        x,
        known(
          lows.map((place) => inside(place + 1)),
          "int",
        ),
        axis,
      );
      const shares = places.map((place, i) => inside(place) - lows[i]);
      const share = known(shares, "float", shape.length - 1 - axis);
      x = map(call, [low, high, share], (a, b, t) => a + t * (b - a));
    }
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
