/** Pooling, and images of another size. */
import { lack } from "../onnx/errors.ts";
import { count } from "./budget.ts";
import { attribute, type Call, type Operator, valuesOf } from "./call.ts";
import { larger, map, plus, reduce } from "./map.ts";
import { gather, padded } from "./moves.ts";
import { along, axesOf, sizeOf, stretched, type Tensor, upTo } from "./tensor.ts";
import { windows } from "./windows.ts";

const { ceil, floor, max, min } = Math;

/** The maximum of windows, or their mean. */
const pool =
  (isMean: boolean): Operator =>
  (call, x: Tensor) => {
    const sides = x.shape.slice(2);
    const kernel = attribute(call, "kernel_shape", []);
    const found = windows(call, sides, kernel);
    const whole = found.map(({ side, before, out, stride, kernel, dilation }) =>
      max(before + side, (out - 1) * stride + (kernel - 1) * dilation + 1),
    );
    const befores = [0, 0, ...found.map(({ before }) => before)];
    const [start, f] = isMean ? [0, plus] : [-Infinity, larger];
    const slide = (image: Tensor): Tensor => {
      const channels = image.shape.slice(0, 2);
      const from = `${whole}` === `${sides}` ? image : padded(call, image, befores, [...channels, ...whole], start);
      // All windows as one tensor, each number of which is read where it is.
      const outs = found.map(({ out }) => out);
      const steps = from.strides.slice(2);
      const all = {
        ...from,
        shape: [...channels, ...outs, ...kernel],
        strides: [
          ...from.strides.slice(0, 2),
          ...found.map(({ stride }, i) => stride * steps[i]),
          ...found.map(({ dilation }, i) => dilation * steps[i]),
        ],
      };
      const axes = axesOf(all).slice(x.shape.length);
      const { shape, strides, ...more } = reduce(call, all, axes, start, f);
      return { ...more, shape: shape.slice(0, axes[0]), strides: strides.slice(0, axes[0]) };
    };
    const result = slide(x);
    if (!isMean) return result;
    // Windows at the border have fewer numbers, unless padding counts.
    const counts = attribute(call, "count_include_pad", 0)
      ? along([sizeOf(kernel)])
      : slide(stretched(along([1]), [1, 1, ...sides]));
    return map(call, [result, counts], (sum, n) => sum / n);
  };

/** Coordinate in the input of place i of the result: https://onnx.ai/onnx/operators/onnx__Resize.html. */
const COORDINATES: Record<string, (i: number, scale: number, side: number, out: number) => number> = {
  half_pixel: (i, scale) => (i + 0.5) / scale - 0.5,
  pytorch_half_pixel: (i, scale, _, out) => (out > 1 ? (i + 0.5) / scale - 0.5 : 0),
  asymmetric: (i, scale) => i / scale,
  align_corners: (i, _, side, out) => (out > 1 ? (i * (side - 1)) / (out - 1) : 0),
};
const ROUNDINGS: Record<string, (x: number) => number> = {
  round_prefer_floor: (x) => ceil(x - 0.5),
  round_prefer_ceil: (x) => floor(x + 0.5),
  floor,
  ceil,
};

/** What a table has under the name that is an attribute. */
function chosen<T>(call: Call, attributeName: string, fallback: string, table: Record<string, T>): T {
  const name = attribute(call, attributeName, fallback);
  return Object.hasOwn(table, name) ? table[name] : lack(name);
}

function resize(call: Call, x: Tensor, ...[, given, sizes]: Tensor[]): Tensor {
  const transform = chosen(call, "coordinate_transformation_mode", "half_pixel", COORDINATES);
  const round = chosen(call, "nearest_mode", "round_prefer_floor", ROUNDINGS);
  chosen(call, "keep_aspect_ratio_policy", "stretch", { stretch: 0 });
  const isLinear = chosen(call, "mode", "nearest", { linear: true, nearest: false });
  for (const name of ["axes", "antialias", "exclude_outside"])
    if (call.node.attributes.get(name)) lack(name);
  const { shape } = x;
  const known = valuesOf(sizes, undefined);
  const scales = known?.map((size, i) => size / shape[i]) ?? valuesOf(given);
  const sides = known ?? shape.map((side, i) => floor(Math.fround(side) * scales[i]));
  count(call.budget, sides, true);
  for (const [axis, out] of sides.entries()) {
    const side = shape[axis];
    const scale = scales[axis];
    if (out === side && scale === 1) continue;
    const inside = (place: number) => min(max(place, 0), side - 1);
    const places = upTo(out).map((i) => transform(i, scale, side, out));
    const lows = places.map((place) => (isLinear ? floor(inside(place)) : inside(round(place))));
    const low = gather(call, x, along(lows), axis);
    if (!isLinear) {
      x = low;
      continue;
    }
    const high = gather(call, x, along(lows.map((place) => inside(place + 1))), axis);
    const shares = places.map((place, i) => inside(place) - lows[i]);
    const share = along(shares, shape.length - 1 - axis);
    x = map(call, [low, high, share], (a, b, t) => a + t * (b - a));
  }
  return x;
}

export const POOLING: Record<string, Operator> = {
  AveragePool: pool(true),
  MaxPool: pool(false),
  Resize: resize,
};
