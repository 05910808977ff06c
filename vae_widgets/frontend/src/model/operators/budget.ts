/** How much memory and time a graph may take; it is refused before it takes more. */
import { MOST_DIMENSIONS } from "../onnx/arrays.ts";
import { BadModelError } from "../onnx/errors.ts";
import { sizeOf } from "./tensor.ts";

/** Of one tensor, as in vae_widgets/bundle/onnx/shapes.py. */
const MOST_BYTES = 2 ** 27;
/** Of all tensors; less than in the kernel, as a page has less memory. */
const MOST_BYTES_IN_ALL = 2 ** 28;
/** What is computed once, while the graph is prepared, beside twice what the file has. */
const MOST_CONSTANT_BYTES = 2 ** 25;
/** In multiplications and additions of the kernel for a row: less than a tenth of a second. */
const MOST_WORK = 2 ** 29;
/** How much slower one number of another operation is. */
const SLOWNESS = 16;

export class Budget {
  readonly #mostWork: number;
  /** Of what depends on the inputs, and of what is computed once. */
  readonly #mostBytes: [number, number];
  readonly #bytes: [number, number] = [0, 0];
  #work = 0;

  constructor(rows: number, bytesOfConstants: number) {
    this.#mostWork = MOST_WORK * rows;
    this.#mostBytes = [MOST_BYTES_IN_ALL, MOST_CONSTANT_BYTES + 2 * bytesOfConstants];
  }

  /** The bytes of all tensors that depend on the inputs. */
  get bytes(): number {
    return this.#bytes[0];
  }

  /** Count a tensor, of which no side may be negative, nor zero but that of a vector. */
  addTensor(shape: number[], isConstant = false, mayBeEmpty = false): void {
    const least = shape.length < 2 || mayBeEmpty ? 0 : 1;
    const good = shape.every((side) => Number.isSafeInteger(side) && side >= least);
    if (!good || shape.length > MOST_DIMENSIONS) {
      throw new BadModelError(`its result has the shape ${shape}`);
    }
    this.addBytes(4 * sizeOf(shape), isConstant);
  }

  addBytes(bytes: number, isConstant = false): void {
    check(bytes, MOST_BYTES, "bytes for one tensor");
    check((this.#bytes[+isConstant] += bytes), this.#mostBytes[+isConstant], "bytes in all");
  }

  /** Count numbers that are computed one by one. */
  addNumbers(count: number): void {
    this.addProducts(SLOWNESS * count);
  }

  addProducts(count: number): void {
    check((this.#work += count), this.#mostWork, "operations in all");
  }
}

function check(found: number, most: number, what: string): void {
  if (!(found <= most))
    throw new BadModelError(`it needs ${found} ${what}; expected ${most} at most`);
}
