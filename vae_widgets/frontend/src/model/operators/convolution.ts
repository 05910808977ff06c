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
import { lack, need } from "../onnx/errors.ts";
import { WORK } from "./budget.ts";
import { attribute, type Call, copy, kept, newTensor, type Operator, step, valuesOf } from "./call.ts";
import { inArena } from "./products.ts";
import { along, inserted, ordered, rowMajor, sizeOf, stretched, type Tensor, upTo } from "./tensor.ts";
import { type Window, windows } from "./windows.ts";

const MOST_CLASSES = 64;
const SINGLE: Window = { side: 1, out: 1, kernel: 1, stride: 1, dilation: 1, before: 0 };

/** Pixels along an axis of the result that see the input through the same numbers of the kernel. */
interface Span {
  /** The first of them, their number, and the distance between them. */
  first: number;
  count: number;
  step: number;
  /** The first pixel of the input that the first one sees, and how much further the next one sees. */
  from: number;
  inputStep: number;
  /** Numbers of the kernel, which see neighbouring pixels. */
  taps: number[];
}

/** All that is seen along an axis; `joins` says whether neighbouring pixels may be seen at once. */
function spansOf(window: Window, isTransposed: boolean, joins: boolean): Span[] {
  const { out, kernel, stride, dilation, before } = window;
  const [step, inputStep] = isTransposed ? [stride, 1] : [1, stride];
  const taps = upTo(kernel);
  if (isTransposed) taps.reverse(); // so that each sees the pixel after the one before
  const spans: Span[] = [];
  for (let first = 0; first < Math.min(step, out); first++) {
    for (const tap of taps) {
      const place = tap * dilation - before;
      const from = isTransposed ? (first - place) / stride : place;
      if (!Number.isInteger(from)) continue;
      const last = spans.at(-1);
      if (joins && last?.first === first && last.from + last.taps.length === from) {
        last.taps.push(tap);
        continue;
      }
      const count = Math.ceil((out - first) / step);
      spans.push({ first, count, step, from, inputStep, taps: [tap] });
    }
  }
  return spans;
}

function convolve(call: Call, isTransposed: boolean, x: Tensor, kernel: Tensor, bias: Tensor) {
  call.isKnown = false; // the kernel is not there while the graph is prepared
  const rank = x.shape.length - 2;
  if (rank !== 1 && rank !== 2) lack(`${rank} spatial axes`);
  if (!kernel.isKnown || !bias.isKnown) lack("computed weights");
  const found = windows(call, x.shape.slice(2), kernel.shape.slice(2), isTransposed);
  const [columns, rows = SINGLE] = found.toReversed();
  if (isTransposed && Math.max(rows.stride, columns.stride) > MOST_CLASSES) lack("such strides");
  const [image, weights] = [x, kernel].map((each) => (rank === 1 ? inserted(each, 2) : each));

  const groups = attribute(call, "group", 1);
  const [n, channels] = x.shape;
  const [first, second] = kernel.shape;
  const inGroup = isTransposed ? first / groups : second;
  const outGroup = isTransposed ? second : first / groups;
  const fits = inGroup * groups === channels && [inGroup, outGroup].every(Number.isInteger);
  need(fits, `has weights of the shape ${kernel.shape} for ${x.shape} in ${groups} groups`);
  const outChannels = outGroup * groups;
  const last = [n, rows.out, columns.out, outChannels]; // channels last
  const lastStrides = rowMajor(last);
  const strides = [lastStrides[0], 1, ...lastStrides.slice(3 - rank, 3)];
  const shape = [n, outChannels, ...found.map(({ out }) => out)];
  const result = newTensor(call, shape, false, strides);
  const seen = isTransposed ? x : result;
  call.budget.spend(WORK, sizeOf(seen.shape) * sizeOf(kernel.shape.slice(1)));

  const across = spansOf(columns, isTransposed, groups === 1);
  const left = Math.max(0, ...across.map(({ from }) => -from));
  const ends = across.map((each) => each.from + (each.count - 1) * each.inputStep + each.taps.length);
  const width = left + Math.max(columns.side, ...ends);
  const padded = paddedImage(call, ordered(image, [0, 2, 3, 1]), left, width);

  const products: [down: Span, a: number, lda: number, b: number, c: number, ldc: number, m: number, k: number][] = [];
  const parts: ((to: Float32Array, at: number) => void)[] = [];
  const [ofFirst, ofSecond, ofRow, ofColumn] = weights.strides;
  const [ofIn, ofOut] = isTransposed ? [ofFirst, ofSecond] : [ofSecond, ofFirst];
  const { data } = kernel.buffer;
  let size = 0;
  let calls = 0;
  for (const down of spansOf(rows, isTransposed, false)) {
    for (const { first, count, step, from, inputStep, taps } of across) {
      for (let group = 0; group < groups; group++) {
        const [start, k] = [size, taps.length * inGroup];
        size += packedSize(k, outGroup);
        calls += down.count;
        const place =
          weights.at + down.taps[0] * ofRow + group * (isTransposed ? inGroup : outGroup) * ofFirst;
        parts.push((to, at) =>
          pack(to, at + start, k, outGroup, (row, column) => {
            const tap = taps[Math.floor(row / inGroup)];
            return data[place + tap * ofColumn + (row % inGroup) * ofIn + column * ofOut];
          }),
        );
        products.push([
          down,
          (left + from) * channels + group * inGroup,
          inputStep * channels,
          start,
          first * outChannels + group * outGroup,
          step * outChannels,
          count,
          k,
        ]);
      }
    }
  }
  const packed = kept(call, "weights", [size], (to, at) => {
    for (const part of parts) part(to, at);
  });
  const biases = valuesOf(stretched(bias, [outChannels]));
  const rowSize = columns.out * outChannels;
  const start = kept(call, "start", [rowSize], (to, at) => {
    for (let i = 0; i < rowSize; i++) to[at + i] = biases[i % outChannels];
  });
  step(call, n * (calls + rows.out), () => {
    const { floats, multiply } = call.memory.machine;
    for (let row = 0; row < n * rows.out; row++)
      floats.copyWithin(result.at + row * rowSize, start.at, start.at + rowSize);
    for (let sample = 0; sample < n; sample++) {
      for (const [down, a, lda, b, c, ldc, m, k] of products) {
        for (let i = 0; i < down.count; i++) {
          const seen = down.from + i * down.inputStep;
          if (seen < 0 || seen >= rows.side) continue;
          const line = padded.at + (sample * rows.side + seen) * width * channels;
          const to = result.at + (sample * rows.out + down.first + i * down.step) * rowSize;
          multiply(line + a, lda, packed.at + b, to + c, ldc, m, outGroup, k);
        }
      }
    }
  });
  return result;
}

/** An image (n, height, width, channels) with zeros at the left and up to a width. */
function paddedImage(call: Call, x: Tensor, left: number, width: number): Tensor {
  const [n, height, side, channels] = x.shape;
  if (width === side) return inArena(call, x);
  const whole = kept(call, "image", [n, height, width, channels]); // whose zeros stay
  copy(call, x, { ...whole, shape: x.shape, at: whole.at + left * channels });
  return whole;
}

export const CONVOLUTIONS: [string, Operator][] = [
  ["Conv", (call, x, kernel, bias = along([0])) => convolve(call, false, x, kernel, bias)],
  ["ConvTranspose", (call, x, kernel, bias = along([0])) => convolve(call, true, x, kernel, bias)],
];
