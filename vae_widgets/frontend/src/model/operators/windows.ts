/** Windows that slide over images, for convolutions and pooling. */
import { need } from "../onnx/errors.ts";
import { attribute, type Call } from "./call.ts";

/** A window along one spatial axis. */
export interface Window {
  /** Numbers of the input, and of the result. */
  side: number;
  out: number;
  kernel: number;
  stride: number;
  dilation: number;
  /** Zeros before the first number. */
  before: number;
}

/** Windows of a convolution, of pooling, or of a transposed convolution. */
export function windows(
  call: Call,
  sides: number[],
  kernels: number[],
  isTransposed = false,
): Window[] {
  const rank = sides.length;
  const list = (name: string, value: number, length = rank) => {
    const found = attribute(call, name, new Array(length).fill(value));
    const good = found.length === length && found.every((each) => each >= value);
    need(good, `has ${found} as ${name}; expected ${length} numbers of at least ${value}`);
    return found;
  };
  const strides = list("strides", 1);
  const dilations = list("dilations", 1);
  const pads = list("pads", 0, 2 * rank);
  const more = list("output_padding", 0);
  const isWindow = kernels.length === rank && kernels.every((each) => each > 0);
  need(isWindow, `has a window ${kernels} for ${sides}`);
  const auto = attribute(call, "auto_pad", "NOTSET");
  const round = attribute(call, "ceil_mode", 0) ? Math.ceil : Math.floor;
  const given = attribute(call, "output_shape", []).slice(-rank);
  return sides.map((side, i) => {
    const [kernel, stride, dilation] = [kernels[i], strides[i], dilations[i]];
    const width = (kernel - 1) * dilation + 1;
    let [before, after] = auto === "VALID" ? [0, 0] : [pads[i], pads[i + rank]];
    const whole = (side - 1) * stride + more[i] + width; // of a transposed convolution
    let out = isTransposed
      ? whole - before - after
      : round((side + before + after - width) / stride) + 1;
    if (auto.startsWith("SAME") || (isTransposed && given.length)) {
      out = isTransposed ? (given[i] ?? side * stride) : Math.ceil(side / stride);
      const padding = Math.max(0, isTransposed ? whole - out : (out - 1) * stride + width - side);
      const isLower = isTransposed ? auto !== "SAME_UPPER" : auto === "SAME_LOWER";
      before = isLower ? Math.ceil(padding / 2) : Math.floor(padding / 2);
    }
    return { side, out, kernel, stride, dilation, before };
  });
}
