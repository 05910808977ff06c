/** How much memory and time a graph may take; it is refused before it takes more. */
import { MOST_DIMENSIONS } from "../onnx/arrays.ts";
import { need } from "../onnx/errors.ts";
import { sizeOf } from "./tensor.ts";

/** Numbers of one tensor: 128 MiB, as in vae_widgets/bundle/onnx/shapes.py. */
const MOST_NUMBERS = 2 ** 25;
/** Of all tensors; less than in the kernel, as a page has less memory. */
const MOST_BYTES = 2 ** 28;
/** What is computed once, while the graph is prepared, beside twice what the file has. */
const MOST_KNOWN_BYTES = 2 ** 25;
/** In multiplications and additions of the kernel for a row: less than a tenth of a second. */
const MOST_WORK = 2 ** 29;

/** What is counted: bytes of what depends on the inputs and of what is computed once, and work. */
const BYTES = 0;
const KNOWN_BYTES = 1;
export const WORK = 2;

export interface Budget {
  /** The bytes of all tensors that depend on the inputs. */
  bytes(): number;
  /** Count more of something. */
  spend(what: number, amount: number): void;
}

export function makeBudget(rows: number, bytesOfConstants: number): Budget {
  const most = [MOST_BYTES, MOST_KNOWN_BYTES + 2 * bytesOfConstants, MOST_WORK * rows];
  const spent = [0, 0, 0];
  return {
    bytes: () => spent[BYTES],
    spend(what, amount) {
      const sum = (spent[what] += amount);
      const unit = what === WORK ? "operations" : "bytes";
      need(sum <= most[what], `needs ${sum} ${unit} in all; expected ${most[what]} at most`);
    },
  };
}

/** Count a tensor, of which no side may be negative, nor zero but that of a vector. */
export function count(budget: Budget, shape: number[], isKnown: boolean, mayBeEmpty = false): void {
  const least = shape.length < 2 || mayBeEmpty ? 0 : 1;
  const isShape = shape.every((side) => Number.isSafeInteger(side) && side >= least);
  const size = sizeOf(shape);
  const fits = shape.length <= MOST_DIMENSIONS && size <= MOST_NUMBERS;
  need(isShape && fits, `has a result of the shape ${shape}`);
  budget.spend(isKnown ? KNOWN_BYTES : BYTES, 4 * size);
}
