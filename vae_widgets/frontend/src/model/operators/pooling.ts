/** Pooling, and images of another size. */
import { lack } from "../onnx/errors.ts";
import { count } from "./budget.ts";
import { attribute, type Call, type Operator, valuesOf } from "./call.ts";
import { map, reduce, without } from "./map.ts";
import { ceil, clamp, divided, floor, min } from "./numbers.ts";
import { gather, padded } from "./moves.ts";
import { MAX, MEAN } from "./reductions.ts";
import { along, axesOf, rankOf, sizeOf, stretched, type Tensor, upTo, viewed } from "./tensor.ts";
import { windows } from "./windows.ts";

/** The maximum of windows, or their mean. */
const pool =
  (isMean: boolean): Operator =>
  (call, x: Tensor) => {
    const sides = x.shape.slice(2);
    const kernel = attribute(call, "kernel_shape", []);
    const found = windows(call, sides, kernel);
    const whole = found.map((each) => each.whole);
    const befores = [0, 0, ...found.map(({ zeros }) => zeros)];
    const [start, f] = isMean ? MEAN : MAX;
    const slide = (image: Tensor): Tensor => {
      const channels = image.shape.slice(0, 2);
      const from = padded(call, image, befores, [...channels, ...whole], start);
      // All windows as one tensor, each number of which is read where it is.
      const outs = found.map(({ out }) => out);
      const [first, second, ...steps] = from.strides;
      const all = viewed(
        from,
        [...channels, ...outs, ...kernel],
        [
          first,
          second,
          ...found.map(({ stride }, i) => stride * steps[i]),
          ...found.map(({ dilation }, i) => dilation * steps[i]),
        ],
      );
      const axes = axesOf(all).slice(rankOf(x));
      return without(reduce(call, all, axes, start, f), axes);
    };
    const result = slide(x);
    if (!isMean) return result;
    // Windows at the border have fewer numbers, unless padding counts.
    const counts = attribute(call, "count_include_pad", 0)
      ? along([sizeOf(kernel)])
      : slide(stretched(along([1]), [1, 1, ...sides]));
    return map(call, [result, counts], divided);
  };

type Coordinate = (i: number, scale: number, side: number, out: number) => number;
const halfPixel = (i: number, scale: number) => (i + 0.5) / scale - 0.5;

/** Coordinate in the input of place i of the result: https://onnx.ai/onnx/operators/onnx__Resize.html. */
const COORDINATES: Record<string, Coordinate> = {
  half_pixel: halfPixel,
  pytorch_half_pixel: (i, scale, _, out) => (out > 1 ? halfPixel(i, scale) : 0),
  asymmetric: divided,
  align_corners: (i, _, side, out) => (out > 1 ? (i * (side - 1)) / (out - 1) : 0),
};
const ROUNDINGS: Record<string, (x: number) => number> = {
  round_prefer_floor: (x) => ceil(x - 0.5),
  round_prefer_ceil: (x) => floor(x + 0.5),
  floor,
  ceil,
};
const MODES = { linear: true, nearest: false };

/** What a table has under the name that is an attribute. */
const chosen = <T>(
  call: Call,
  attributeName: string,
  fallback: string,
  table: Record<string, T>,
): T => {
  const name = attribute(call, attributeName, fallback);
  return Object.hasOwn(table, name) ? table[name] : lack(name);
};

const resize = (call: Call, x: Tensor, ...[, given, sizes]: Tensor[]): Tensor => {
  const transform = chosen(call, "coordinate_transformation_mode", "half_pixel", COORDINATES);
  const round = chosen(call, "nearest_mode", "round_prefer_floor", ROUNDINGS);
  chosen(call, "keep_aspect_ratio_policy", "stretch", { stretch: 0 });
  const isLinear = chosen(call, "mode", "nearest", MODES);
  for (const name of ["axes", "antialias", "exclude_outside"])
    if (call.attributes.get(name)) lack(name);
  const { shape } = x;
  const known = sizes && valuesOf(sizes);
  const scales = known?.map((size, i) => size / shape[i]) ?? valuesOf(given);
  const sides = known ?? shape.map((side, i) => floor(Math.fround(side * scales[i])));
  count(call.budget, sides, true);
  for (const [axis, side] of shape.entries()) {
    const [out, scale] = [sides[axis], scales[axis]];
    if (out === side && scale === 1) continue;
    const places = upTo(out).map((i) => {
      const place = transform(i, scale, side, out);
      return clamp(isLinear ? place : round(place), 0, side - 1);
    });
    const from = x;
    const neighbour = (after: number) => {
      const indices = places.map((place) => min(floor(place) + after, side - 1));
      return gather(call, from, along(indices), axis);
    };
    x = neighbour(0);
    if (!isLinear) continue;
    const shares = along(
      places.map((place) => place - floor(place)),
      rankOf(x) - 1 - axis,
    );
    x = map(call, [x, neighbour(1), shares], (a, b, share) => a + share * (b - a));
  }
  return x;
};

export const POOLING: Record<string, Operator> = {
  AveragePool: pool(true),
  MaxPool: pool(false),
  Resize: resize,
};
