/**
 * Convolutions as products of matrices, without a copy for each window.
 *
 * In an image with the channels last, the numbers under a row of a window follow each other, and the
 * next window begins one or more pixels later. So the windows of a row of pixels are a matrix whose
 * rows overlap, and a row of the result is the sum of one product for each row of the kernel. In a
 * transposed convolution with stride s, every s-th pixel of the result sees the same numbers of the
 * kernel: each of these s classes is a product of its own, which writes to every s-th pixel.
 */
import { pack, packedSize } from "../matrix/packing.ts";
import type { Call, Operator } from "./call.ts";
import { copier } from "./loops.ts";
import { inArena } from "./products.ts";
import { isContiguous, placeOf, rowMajor, sizeOf, type Tensor } from "./tensor.ts";
import { type Window, windows } from "./windows.ts";

const MOST_CLASSES = 64;
const SINGLE: Window = { side: 1, out: 1, kernel: 1, stride: 1, dilation: 1, before: 0 };

/** Pixels of a row of the result that see the same columns of the kernel. */
interface Columns {
  /** The first of them, their number, and the distance between them. */
  first: number;
  count: number;
  step: number;
  /** The distance between the pixels of the input that they see. */
  inputStep: number;
  /** Columns of the kernel that see neighbouring pixels, and the first pixel that the first sees. */
  runs: { start: number; taps: number[] }[];
}

function columnsOf(window: Window, isTransposed: boolean, joins: boolean): Columns[] {
  const { out, kernel, stride, dilation, before } = window;
  const taps = Array.from({ length: kernel }, (_, tap) => tap);
  const runsOf = (startOf: (tap: number) => number, seen: number[]) => {
    const runs: Columns["runs"] = [];
    for (const tap of seen.sort((a, b) => startOf(a) - startOf(b))) {
      const last = runs.at(-1);
      if (joins && last && last.start + last.taps.length === startOf(tap)) last.taps.push(tap);
      else runs.push({ start: startOf(tap), taps: [tap] });
    }
    return runs;
  };
  if (!isTransposed) {
    const runs = runsOf((tap) => tap * dilation - before, taps);
    return [{ first: 0, count: out, step: 1, inputStep: stride, runs }];
  }
  return Array.from({ length: Math.min(stride, out) }, (_, first) => {
    const seen = taps.filter((tap) => (first + before - tap * dilation) % stride === 0);
    const runs = runsOf((tap) => (first + before - tap * dilation) / stride, seen);
    return { first, count: Math.ceil((out - first) / stride), step: stride, inputStep: 1, runs };
  });
}

/** The row of the input that a row of the result sees through a row of the kernel. */
function rowSeen(window: Window, isTransposed: boolean, row: number, tap: number): number {
  const { stride, dilation, before } = window;
  if (!isTransposed) return row * stride + tap * dilation - before;
  return (row + before - tap * dilation) / stride;
}

function convolve(call: Call, isTransposed: boolean): Tensor[] {
  const [input, weights] = [call.input(0), call.input(1)];
  const rank = input.shape.length - 2;
  if (rank < 1 || rank > 2) call.lack(`${rank} spatial axes`);
  if (!weights.isConstant || (call.has(2) && !call.input(2).isConstant))
    call.lack("computed weights");
  if (weights.shape.length !== rank + 2) call.fail(`has weights of the shape ${weights.shape}`);
  const found = windows(call, input.shape.slice(2), weights.shape.slice(2), isTransposed);
  const [rows, columns] = rank === 2 ? found : [SINGLE, found[0]];
  const groups = call.attribute("group", 1);
  const [n, channels] = input.shape;
  const [inGroup, outGroup] = [
    channels / groups,
    isTransposed ? weights.shape[1] : weights.shape[0] / groups,
  ];
  const outChannels = outGroup * groups;
  const expected = isTransposed ? weights.shape[0] === channels : weights.shape[1] === inGroup;
  if (!expected || !Number.isInteger(inGroup) || !Number.isInteger(outGroup)) {
    call.fail(
      `has weights of the shape ${weights.shape} for ${channels} channels in ${groups} groups`,
    );
  }
  const [height, width] = [rows.out, columns.out];
  const shape = [n, outChannels, ...found.map((each) => each.out)];
  const lastStrides = rowMajor([n, height, width, outChannels]);
  const result = call.tensor(shape, "float", [
    lastStrides[0],
    1,
    ...lastStrides.slice(3 - rank, 3),
  ]);
  if (isTransposed && Math.max(rows.stride, columns.stride) > MOST_CLASSES)
    call.lack("such strides");

  const classes = columnsOf(columns, isTransposed, groups === 1);
  const runs = classes.flatMap((each) => each.runs.map((run) => ({ ...each, ...run })));
  const left = Math.max(0, ...runs.map(({ start }) => -start));
  const ends = runs.map((run) => run.start + (run.count - 1) * run.inputStep + run.taps.length);
  const padded = left + Math.max(columns.side, ...ends);
  const image = paddedImage(call, input, rows.side, left, padded);

  const tensor = call.contiguous(weights);
  const kernel = rows.kernel;
  const products: number[][][] = [];
  const parts: ((to: Float32Array, at: number) => void)[] = [];
  let size = 0;
  let work = 0;
  for (let tapRow = 0; tapRow < kernel; tapRow++) {
    const ofRow: number[][] = [];
    for (const { first, count, step, inputStep, start, taps } of runs) {
      for (let group = 0; group < groups; group++) {
        const depth = taps.length * inGroup;
        const at = size;
        parts.push((to, base) => {
          const { data } = tensor.buffer;
          pack(to, base + at, depth, outGroup, (row, column) => {
            const channel = row % inGroup;
            const [a, b] = isTransposed
              ? [group * inGroup + channel, column]
              : [group * outGroup + column, channel];
            const tap = taps[Math.floor(row / inGroup)];
            const place = ((a * weights.shape[1] + b) * kernel + tapRow) * columns.kernel + tap;
            return data[tensor.offset + place];
          });
        });
        size += packedSize(depth, outGroup);
        work += count * outGroup * depth;
        ofRow.push([
          (start + left) * channels + group * inGroup,
          inputStep * channels,
          at,
          first * outChannels + group * outGroup,
          step * outChannels,
          count,
          outGroup,
          depth,
        ]);
      }
    }
    products.push(ofRow);
  }
  call.budget.addProducts(n * height * work);
  call.budget.addNumbers(n * height);
  const packed = call.keep("weights", size, (to, at) => {
    for (const part of parts) part(to, at);
  });
  const bias = call.has(2) ? call.values(2) : new Array(outChannels).fill(0);
  if (bias.length !== outChannels)
    call.fail(`has ${bias.length} biases for ${outChannels} channels`);
  const rowSize = width * outChannels;
  const start = call.keep("start", rowSize, (to, at) => {
    for (let i = 0; i < rowSize; i++) to[at + i] = bias[i % outChannels];
  });
  const lineSize = padded * channels;
  call.steps.push(() => {
    const { machine } = call.memory;
    const [from, base] = [placeOf(image), packed.base];
    let to = placeOf(result);
    for (let sample = 0; sample < n; sample++) {
      for (let row = 0; row < height; row++, to += rowSize) {
        machine.floats.copyWithin(to, start.base, start.base + rowSize);
        for (let tap = 0; tap < kernel; tap++) {
          const seen = rowSeen(rows, isTransposed, row, tap);
          if (!(seen >= 0 && seen < rows.side && Number.isInteger(seen))) continue;
          const line = from + (sample * rows.side + seen) * lineSize;
          for (const [a, lda, b, c, ldc, m, k, depth] of products[tap]) {
            machine.multiply(line + a, lda, base + b, to + c, ldc, m, k, depth);
          }
        }
      }
    }
  });
  return [result];
}

/** The input (n, height, width, channels) with zeros at the left and up to a width. */
function paddedImage(
  call: Call,
  input: Tensor,
  height: number,
  left: number,
  width: number,
): Tensor {
  const [n, channels, ...sides] = input.shape;
  const side = sides.at(-1)!;
  const [ofImages, ofChannels, ...others] = input.strides;
  const ofRows = sides.length === 2 ? others[0] : 0;
  const last = {
    ...input,
    shape: [n, height, side, channels],
    strides: [ofImages, ofRows, others.at(-1)!, ofChannels],
  };
  if (width === side) return isContiguous(last) ? inArena(call, last, "image") : call.copied(last);
  const strides = rowMajor([n, height, width, channels]);
  const size = strides[0] * n;
  const buffer = call.keep(`image ${size}`, size); // whose zeros stay
  const inner = { ...last, strides, offset: left * channels, buffer, isConstant: false };
  call.step(sizeOf(last.shape), copier(last, inner));
  return { ...inner, offset: 0 };
}

export const CONVOLUTIONS: Record<string, Operator> = {
  Conv: (call) => convolve(call, false),
  ConvTranspose: (call) => convolve(call, true),
};
