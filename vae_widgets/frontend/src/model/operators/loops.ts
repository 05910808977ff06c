/** Loops over the elements of several tensors of one shape, each with strides of its own. */
import { type Numbers, placeOf, type Tensor } from "./tensor.ts";

/** Computes `n` elements: where they begin in each tensor, and how far apart they are. */
type Row = (n: number, places: number[], steps: number[]) => void;

/**
 * A function that calls `row` until all elements are done. The first tensor is walked in its order
 * in memory, and loops are joined where all tensors allow it. The function takes numbers to add to
 * the places.
 */
export function loop(tensors: Tensor[], row: Row): (more?: number[]) => void {
  const { shape } = tensors[0];
  const strides = tensors.map((tensor) => tensor.strides);
  const far = (axis: number) => Math.abs(strides[0][axis]);
  const axes = [...shape.keys()]
    .filter((axis) => shape[axis] !== 1)
    .sort((a, b) => far(b) - far(a));
  // The outermost first: a side, and the step of each tensor.
  const nest: { side: number; steps: number[] }[] = [];
  for (const axis of axes) {
    const side = shape[axis];
    const steps = strides.map((each) => each[axis]);
    const last = nest.at(-1);
    if (last?.steps.every((step, t) => step === steps[t] * side)) {
      last.side *= side;
      last.steps = steps;
    } else nest.push({ side, steps });
  }
  const { side: n, steps } = nest.pop() ?? { side: 1, steps: strides.map(() => 0) };
  const at = nest.map(() => 0);
  return (more) => {
    const places = tensors.map((tensor, t) => placeOf(tensor) + (more?.[t] ?? 0));
    if (!n) return;
    for (let axis = 0; axis >= 0;) {
      row(n, places, steps);
      for (axis = nest.length - 1; axis >= 0; axis--) {
        const { side, steps: step } = nest[axis];
        const isLast = ++at[axis] === side;
        if (isLast) at[axis] = 0;
        for (let t = 0; t < places.length; t++)
          places[t] += isLast ? step[t] * (1 - side) : step[t];
        if (!isLast) break;
      }
    }
  };
}

/** A function that copies one tensor to another of its shape. */
export function copier(from: Tensor, to: Tensor): (more?: number[]) => void {
  return loop([to, from], (n, [at, place], [step, stride]) => {
    const target: Numbers = to.buffer.data;
    const source: Numbers = from.buffer.data;
    if (step !== 1 || stride !== 1 || n < 9) {
      for (let i = 0; i < n; i++) target[at + i * step] = source[place + i * stride];
    } else if (target === source) target.copyWithin(at, place, place + n);
    else target.set(source.subarray(place, place + n), at);
  });
}
