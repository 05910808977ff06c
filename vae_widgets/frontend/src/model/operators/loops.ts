/** Loops over the elements of several tensors of one shape, each with strides of its own. */
import { type Tensor, upTo } from "./tensor.ts";

/** Computes `n` elements: where they begin in each tensor, and how far apart they are. */
type Row = (n: number, places: number[], steps: number[]) => void;

/**
 * A function that calls `row` until all elements are done. The first tensor is walked in its order
 * in memory, and loops are joined where all tensors allow it. The function takes numbers to add to
 * the places.
 */
export const loop = (tensors: Tensor[], row: Row): ((more?: number[]) => void) => {
  const [{ shape, strides: first }] = tensors;
  const axes = upTo(shape.length).filter((axis) => shape[axis] !== 1);
  axes.sort((a, b) => Math.abs(first[b]) - Math.abs(first[a]));
  // The outermost first: a side, and the step of each tensor.
  const nest: { side: number; steps: number[] }[] = [];
  for (const axis of axes) {
    const side = shape[axis];
    const steps = tensors.map(({ strides }) => strides[axis]);
    const last = nest.at(-1);
    if (last?.steps.every((step, t) => step === steps[t] * side)) {
      last.side *= side;
      last.steps = steps;
    } else nest.push({ side, steps });
  }
  const inner = nest.pop() ?? { side: 1, steps: tensors.map(() => 0) };
  const visit = (depth: number, places: number[]): void => {
    if (depth === nest.length) return row(inner.side, places, inner.steps);
    const { side, steps } = nest[depth];
    const move = (count: number) => {
      for (let t = 0; t < steps.length; t++) places[t] += count * steps[t];
    };
    for (let i = 0; i < side; i++, move(1)) visit(depth + 1, places);
    move(-side);
  };
  return (more) =>
    visit(
      0,
      tensors.map(({ offset }, t) => offset + (more?.[t] ?? 0)),
    );
};

/** A function that copies one tensor to another of its shape. */
export const copier = (from: Tensor, to: Tensor): ((more?: number[]) => void) =>
  loop([to, from], (n, [at, place], [step, stride]) => {
    const target = to.block.numbers;
    const source = from.block.numbers;
    if (step !== 1 || stride !== 1 || n < 9) {
      for (let i = 0; i < n; i++) target[at + i * step] = source[place + i * stride];
    } else target.set(source.subarray(place, place + n), at);
  });
