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
  const list = (name: string, least: number, length = rank) => {
    const found = attribute(call, name, new Array(length).fill(least));
    const isGood = found.length === length && Math.min(...found) >= least;
    need(isGood, `has ${name} ${found}; expected ${length} numbers of at least ${least}`);
    return found;
  };
  const [strides, dilations] = [list("strides", 1), list("dilations", 1)];
  const [pads, more] = [list("pads", 0, 2 * rank), list("output_padding", 0)];
  const isWindow = kernels.length === rank && Math.min(...kernels) > 0;
  need(isWindow, `has a window ${kernels} for ${sides}`);
  const auto = attribute(call, "auto_pad", "NOTSET");
  const isSame = auto.startsWith("SAME");
  const round = attribute(call, "ceil_mode", 0) ? Math.ceil : Math.floor;
  const given = attribute(call, "output_shape", []).slice(-rank);
  return sides.map((side, i) => {
    const [kernel, stride, dilation] = [kernels[i], strides[i], dilations[i]];
    const width = (kernel - 1) * dilation + 1;
    const whole = (side - 1) * stride + more[i] + width; // of a transposed convolution
    const padding = auto === "VALID" ? 0 : pads[i] + pads[i + rank];
    let before = padding && pads[i];
    let out = isTransposed ? whole - padding : round((side + padding - width) / stride) + 1;
    if (isSame || (isTransposed && given.length)) {
      out = isTransposed ? (given[i] ?? side * stride) : Math.ceil(side / stride);
      const lacking = isTransposed ? whole - out : (out - 1) * stride + width - side;
      const isLower = isTransposed ? auto !== "SAME_UPPER" : auto === "SAME_LOWER";
      before = (isLower ? Math.ceil : Math.floor)(Math.max(0, lacking) / 2);
    }
    return { side, out, kernel, stride, dilation, before };
  });
}
