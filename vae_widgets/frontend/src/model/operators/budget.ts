/** How much memory and time a graph may take; it is refused before it takes more. */
import { MOST_DIMENSIONS } from "../onnx/arrays.ts";
import { BadModelError } from "../onnx/errors.ts";
import { sizeOf } from "./tensor.ts";

/** Of one tensor, as in vae_widgets/bundle/onnx/shapes.py. */
const MOST_BYTES = 2 ** 27;
/** Of all tensors; less than in the kernel, as a page has less memory. */
const MOST_BYTES_IN_ALL = 2 ** 28;
/** In multiplications and additions of the kernel: a tenth of a second for a row. */
const MOST_WORK = 2 ** 30;
/** How much slower one number of another operation is. */
const SLOWNESS = 16;

export class Budget {
  readonly #rows: number;
  #bytes = 0;
  #work = 0;

  constructor(rows: number) {
    this.#rows = rows;
  }

  /** Count a tensor, of which no side may be negative, nor zero but that of a vector. */
  addTensor(shape: number[], mayBeEmpty = false): void {
    const least = shape.length < 2 || mayBeEmpty ? 0 : 1;
    const good = shape.every((side) => Number.isSafeInteger(side) && side >= least);
    if (!good || shape.length > MOST_DIMENSIONS)
      throw new BadModelError(`its result has the shape ${shape}`);
    this.addBytes(4 * sizeOf(shape));
  }

  addBytes(bytes: number): void {
    if (bytes > MOST_BYTES) {
      throw new BadModelError(
        `it needs ${bytes} bytes for one tensor; expected ${MOST_BYTES} at most`,
      );
    }
    this.#bytes += bytes;
    if (this.#bytes > MOST_BYTES_IN_ALL) {
      throw new BadModelError(
        `the tensors need ${this.#bytes} bytes; expected ${MOST_BYTES_IN_ALL} at most`,
      );
    }
  }

  /** Count numbers that are computed one by one. */
  addNumbers(count: number): void {
    this.addProducts(SLOWNESS * count);
  }

  addProducts(count: number): void {
    this.#work += count;
    const most = MOST_WORK * this.#rows;
    if (!(this.#work <= most)) {
      throw new BadModelError(`the nodes need ${this.#work} operations; expected ${most} at most`);
    }
  }
}
