/** Windows that slide over images, for convolutions and pooling. */
import { needBetween, needSame } from "../onnx/errors.ts";
import { attribute, type Call } from "./call.ts";
import { ceil, floor, max, min } from "./numbers.ts";

/** A window along one spatial axis. */
export interface Window {
  /** Numbers of the result. */
  out: number;
  kernel: number;
  stride: number;
  dilation: number;
  /** Where the first window begins, before the first number of the input. */
  before: number;
  /** Zeros that the windows see before the first number, and the length of the input with all zeros. */
  zeros: number;
  whole: number;
}

/** Windows of a convolution, of pooling, or of a transposed convolution. */
export const windows = (
  call: Call,
  sides: number[],
  kernels: number[],
  isTransposed = false,
): Window[] => {
  const rank = sides.length;
  const check = (name: string, found: number[], least: number, length = rank) => {
    needSame(`number of ${name}`, found.length, length);
    needBetween(name, min(...found), least);
    return found;
  };
  const list = (name: string, least: number, length = rank) =>
    check(name, attribute(call, name, new Array(length).fill(least)), least, length);
  const [strides, dilations] = [list("strides", 1), list("dilations", 1)];
  const [pads, more] = [list("pads", 0, 2 * rank), list("output_padding", 0)];
  check("sides of windows", kernels, 1);
  const auto = attribute(call, "auto_pad", "NOTSET");
  const isSame = auto.startsWith("SAME");
  const round = attribute(call, "ceil_mode", 0) ? ceil : floor;
  const given = isTransposed ? attribute(call, "output_shape", []).slice(-rank) : [];
  return sides.map((side, i) => {
    const [kernel, stride, dilation] = [kernels[i], strides[i], dilations[i]];
    const width = (kernel - 1) * dilation + 1;
    const full = (side - 1) * stride + more[i] + width; // of a transposed convolution
    const padding = auto === "VALID" ? 0 : pads[i] + pads[i + rank];
    let before = padding && pads[i];
    let out = isTransposed ? full - padding : round((side + padding - width) / stride) + 1;
    if (isSame || given.length) {
      out = given[i] ?? (isTransposed ? side * stride : ceil(side / stride));
      const lacking = max(0, isTransposed ? full - out : (out - 1) * stride + width - side) / 2;
      before = auto === "SAME_UPPER" ? floor(lacking) : ceil(lacking);
    }
    // The first and the last number of the input that a window sees.
    const [first, last] = isTransposed
      ? [(before + 1 - width) / stride, (before + out - 1) / stride]
      : [-before, (out - 1) * stride + width - 1 - before];
    const zeros = max(0, -ceil(first));
    const whole = zeros + max(side, floor(last) + 1);
    return { out, kernel, stride, dilation, before, zeros, whole };
  });
};
