/** How much memory and time a graph may take; it is refused before it takes more. */
import { MOST_DIMENSIONS } from "../onnx/arrays.ts";
import { need, needBetween } from "../onnx/errors.ts";
import { sizeOf } from "./tensor.ts";

/**
 * What is counted: bytes of what depends on the inputs, and of what is computed once; work in
 * multiplications and additions of the kernel.
 */
export const BYTES = 0;
const KNOWN_BYTES = 1;
export const WORK = 2;

export interface Budget {
  readonly spent: number[];
  /** Count more of something. */
  spend(what: number, amount: number): void;
}

export const makeBudget = (rows: number, bytesOfConstants: number): Budget => {
  const most = [
    2 ** 28, // less than in the kernel, as a page has less memory
    2 ** 25 + 2 * bytesOfConstants,
    2 ** 29 * rows, // less than a tenth of a second for a row
  ];
  const spent = [0, 0, 0];
  return {
    spent,
    spend(what, amount) {
      const sum = (spent[what] += amount);
      const unit = what === WORK ? "number of operations" : "bytes of tensors";
      needBetween(unit, sum, 0, most[what]);
    },
  };
};

/** Check a shape, of which no side may be negative, nor zero but that of a vector or of a part. */
export const checkShape = (shape: number[], isPart = false): void => {
  const least = shape.length < 2 || isPart ? 0 : 1;
  const isShape = shape.every((side) => side % 1 === 0 && side >= least);
  // 128 MiB for one tensor, as in vae_widgets/bundle/onnx/shapes.py.
  const fits = shape.length <= MOST_DIMENSIONS && sizeOf(shape) <= 2 ** 25;
  need(isShape && fits, `has a result of the shape ${shape}`);
};

/** Count a tensor. */
export const count = (budget: Budget, shape: number[], isKnown: boolean): void => {
  checkShape(shape);
  budget.spend(isKnown ? KNOWN_BYTES : BYTES, 4 * sizeOf(shape));
};
