/**
 * Convolutions as products of matrices, without a copy for each window.
 *
 * In an image with the channels last, the numbers under a row of a window follow each other, and the
 * next window begins one or more pixels later. So the windows of a row of pixels are a matrix whose
 * rows overlap, and a row of the result is the sum of one product for each row of the kernel. In a
 * transposed convolution with stride s, every s-th pixel of the result sees the same numbers of the
 * kernel: each of these s classes is a product of its own, which writes to every s-th pixel.
 */
import { lack, need } from "../onnx/errors.ts";
import { attribute, type Call, copy, newTensor, type Operator, valuesOf } from "./call.ts";
import { padded } from "./moves.ts";
import { ceil, min } from "./numbers.ts";
import { addProducts, inArena } from "./products.ts";
import {
  along,
  inserted,
  narrowed,
  narrowedAll,
  ordered,
  type Range,
  rankOf,
  rowMajor,
  stretched,
  type Tensor,
  tensorOf,
  upTo,
  viewed,
} from "./tensor.ts";
import { type Window, windows } from "./windows.ts";

const SINGLE: Window = {
  out: 1,
  kernel: 1,
  stride: 1,
  dilation: 1,
  before: 0,
  zeros: 0,
  whole: 1,
};

/** Pixels along an axis of the result that see the input through the same numbers of the kernel. */
interface Span {
  pixels: Range;
  /** The first pixel of the padded input that each of them sees. */
  seen: Range;
  /** Numbers of the kernel, which see neighbouring pixels. */
  taps: number[];
}

/** All that is seen along an axis; `joins` says whether neighbouring pixels may be seen at once. */
const spansOf = (window: Window, isTransposed: boolean, joins: boolean): Span[] => {
  const { out, kernel, stride, dilation, before, zeros } = window;
  const [step, inputStep] = isTransposed ? [stride, 1] : [1, stride];
  if (step > 64) lack("such strides");
  const taps = upTo(kernel);
  if (isTransposed) taps.reverse(); // so that each sees the pixel after the one before
  const spans: Span[] = [];
  for (let first = 0; first < min(step, out); first++) {
    for (const tap of taps) {
      const place = tap * dilation - before;
      const start = (isTransposed ? (first - place) / stride : place) + zeros;
      if (start % 1) continue;
      const last = spans.at(-1);
      if (joins && last?.pixels[0] === first && last.seen[0] + last.taps.length === start) {
        last.taps.push(tap);
        continue;
      }
      const count = ceil((out - first) / step);
      spans.push({ pixels: [first, count, step], seen: [start, count, inputStep], taps: [tap] });
    }
  }
  return spans;
};

const convolution =
  (isTransposed: boolean): Operator =>
  (call: Call, x: Tensor, kernel: Tensor, bias = along([0])) => {
    call.isKnown = false; // the matrix kernel is not there while the graph is prepared
    const rank = rankOf(x) - 2;
    if (rank !== 1 && rank !== 2) lack(`${rank} spatial axes`);
    if (!kernel.isKnown || !bias.isKnown) lack("computed weights");
    const found = windows(call, x.shape.slice(2), kernel.shape.slice(2), isTransposed);
    const [columns, rows = SINGLE] = found.toReversed();
    const groups = attribute(call, "group", 1);
    const [n, channels] = x.shape;
    const [first, second] = kernel.shape;
    const inGroup = isTransposed ? first / groups : second;
    const outGroup = isTransposed ? second : first / groups;
    const fits = inGroup * groups === channels && inGroup % 1 === 0 && outGroup % 1 === 0;
    need(fits, `has weights of the shape ${kernel.shape} for ${x.shape} in ${groups} groups`);

    // From here on with the channels last.
    const outChannels = outGroup * groups;
    const sides = [n, rows.out, columns.out, outChannels];
    const strides = rowMajor(sides);
    const result = newTensor(call, [n, outChannels, ...found.map(({ out }) => out)], false, [
      strides[0],
      1,
      ...strides.slice(3 - rank, 3),
    ]);
    const into = viewed(result, sides, strides);
    const [input, weights] = [x, kernel].map((each) => (rank === 1 ? inserted(each, 2) : each));
    const image = ordered(input, [0, 2, 3, 1]);
    const shape = [n, rows.whole, columns.whole, channels];
    const before = [0, rows.zeros, columns.zeros, 0];
    const whole = inArena(call, padded(call, image, before, shape, 0));

    const biases = valuesOf(stretched(bias, [outChannels]));
    const row = Float32Array.from({ length: strides[1] }, (_, i) => biases[i % outChannels]);
    const lines = viewed(result, [n * rows.out, row.length]);
    copy(call, stretched(tensorOf(row), lines.shape), lines);

    const taps = ordered(weights, isTransposed ? [2, 3, 0, 1] : [2, 3, 1, 0]);
    const samples: Range = [0, n];
    let part = 0;
    for (const y of spansOf(rows, isTransposed, false)) {
      for (const x of spansOf(columns, isTransposed, groups === 1)) {
        for (let group = 0; group < groups; group++) {
          const inputs: Range = [group * inGroup, inGroup];
          const outputs: Range = [group * outGroup, outGroup];
          const ofGroup = isTransposed
            ? narrowed(taps, 2, ...inputs)
            : narrowed(taps, 3, ...outputs);
          const ofRow = narrowed(ofGroup, 0, y.taps[0], 1);
          const numbers = x.taps.flatMap((tap) => valuesOf(narrowed(ofRow, 1, tap, 1)));
          const matrix = tensorOf(Float32Array.from(numbers), [
            numbers.length / outGroup,
            outGroup,
          ]);
          addProducts(
            call,
            narrowedAll(into, [samples, y.pixels, x.pixels, outputs]),
            narrowedAll(whole, [samples, y.seen, x.seen, inputs]),
            matrix,
            part++,
          );
        }
      }
    }
    return result;
  };

export const CONVOLUTIONS: Record<string, Operator> = {
  Conv: convolution(false),
  ConvTranspose: convolution(true),
};
