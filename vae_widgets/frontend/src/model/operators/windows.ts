/** Windows that slide over images, for convolutions and pooling. */
import type { Call } from "./call.ts";

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

interface Options {
  kernel: number[];
  strides: number[];
  dilations: number[];
  pads: number[];
}

function options(call: Call, kernel: number[]): Options {
  const ones = kernel.map(() => 1);
  const strides = call.attribute("strides", ones);
  const dilations = call.attribute("dilations", ones);
  const pads = call.attribute("pads", [...ones, ...ones].fill(0));
  const lists = [strides, dilations];
  const good =
    [kernel, ...lists].flat().every((each) => each >= 1) && pads.every((each) => each >= 0);
  if (
    !good ||
    lists.some((list) => list.length !== ones.length) ||
    pads.length !== 2 * ones.length
  ) {
    call.fail(
      `has a window ${kernel} with strides ${strides}, dilations ${dilations} and pads ${pads}`,
    );
  }
  return { kernel, strides, dilations, pads };
}

/** Windows of a convolution or of pooling. */
export function windows(call: Call, sides: number[], kernel: number[]): Window[] {
  const { strides, dilations, pads } = options(call, kernel);
  if (kernel.length !== sides.length) call.fail(`has a window ${kernel} for ${sides}`);
  const auto = call.attribute("auto_pad", "NOTSET");
  return sides.map((side, i) => {
    const [stride, dilation] = [strides[i], dilations[i]];
    const width = (kernel[i] - 1) * dilation + 1;
    const base = { side, kernel: kernel[i], stride, dilation };
    if (auto.startsWith("SAME")) {
      const out = Math.ceil(side / stride);
      const padding = Math.max(0, (out - 1) * stride + width - side);
      return {
        ...base,
        out,
        before: auto === "SAME_LOWER" ? Math.ceil(padding / 2) : Math.floor(padding / 2),
      };
    }
    const [before, after] = auto === "VALID" ? [0, 0] : [pads[i], pads[i + sides.length]];
    const free = (side + before + after - width) / stride;
    return {
      ...base,
      out: (call.attribute("ceil_mode", 0) ? Math.ceil(free) : Math.floor(free)) + 1,
      before,
    };
  });
}

/** Windows of a transposed convolution. */
export function transposedWindows(call: Call, sides: number[], kernel: number[]): Window[] {
  const { strides, dilations, pads } = options(call, kernel);
  if (kernel.length !== sides.length) call.fail(`has a window ${kernel} for ${sides}`);
  const zeros = sides.map(() => 0);
  const more = call.attribute("output_padding", zeros);
  const given = call.attribute("output_shape")?.slice(-sides.length);
  const auto = call.attribute("auto_pad", "NOTSET");
  if (more.length !== sides.length || more.some((each) => each < 0))
    call.fail(`has the output_padding ${more}`);
  return sides.map((side, i) => {
    const [stride, dilation] = [strides[i], dilations[i]];
    const whole = (side - 1) * stride + more[i] + (kernel[i] - 1) * dilation + 1;
    const base = { side, kernel: kernel[i], stride, dilation };
    const same = auto.startsWith("SAME");
    if (!same && !given) {
      const [before, after] = auto === "VALID" ? [0, 0] : [pads[i], pads[i + sides.length]];
      return { ...base, out: whole - before - after, before };
    }
    const out = given?.[i] ?? side * stride;
    const padding = Math.max(0, whole - out);
    return {
      ...base,
      out,
      before: auto === "SAME_UPPER" ? Math.floor(padding / 2) : Math.ceil(padding / 2),
    };
  });
}
