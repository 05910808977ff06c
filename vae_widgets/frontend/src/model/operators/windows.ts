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

/** Windows of a convolution, of pooling, or of a transposed convolution. */
export function windows(
  call: Call,
  sides: number[],
  kernel: number[],
  isTransposed = false,
): Window[] {
  const list = (name: string, value: number, n = sides.length) =>
    call.attribute(name, new Array(n).fill(value));
  const [strides, dilations] = [list("strides", 1), list("dilations", 1)];
  const pads = list("pads", 0, 2 * sides.length);
  const more = list("output_padding", 0);
  const lists = [kernel, strides, dilations, more];
  const lengths = [...lists, pads.slice(sides.length)].every(
    (each) => each.length === sides.length,
  );
  if (
    !lengths ||
    lists
      .slice(0, 3)
      .flat()
      .some((each) => each < 1) ||
    [...pads, ...more].some((each) => each < 0)
  ) {
    call.fail(
      `has a window ${kernel} with strides ${strides}, dilations ${dilations} and pads ${pads}`,
    );
  }
  const auto = call.attribute("auto_pad", "NOTSET");
  const isSame = auto.startsWith("SAME");
  const given = isTransposed ? call.attribute("output_shape")?.slice(-sides.length) : undefined;
  return sides.map((side, i) => {
    const [stride, dilation] = [strides[i], dilations[i]];
    const width = (kernel[i] - 1) * dilation + 1;
    const base = { side, kernel: kernel[i], stride, dilation };
    const whole = (side - 1) * stride + more[i] + width; // of a transposed convolution
    if (isSame || given) {
      const out = given?.[i] ?? (isTransposed ? side * stride : Math.ceil(side / stride));
      const padding = Math.max(0, isTransposed ? whole - out : (out - 1) * stride + width - side);
      const isLower = isTransposed ? auto !== "SAME_UPPER" : auto === "SAME_LOWER";
      return { ...base, out, before: isLower ? Math.ceil(padding / 2) : Math.floor(padding / 2) };
    }
    const [before, after] = auto === "VALID" ? [0, 0] : [pads[i], pads[i + sides.length]];
    if (isTransposed) return { ...base, out: whole - before - after, before };
    const free = (side + before + after - width) / stride;
    return {
      ...base,
      out: (call.attribute("ceil_mode", 0) ? Math.ceil(free) : Math.floor(free)) + 1,
      before,
    };
  });
}
