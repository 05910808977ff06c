/** The samples that a page carries (widgets/exported_page/samples.py), read when they are needed. */

import { readArray, type WireArray } from "../kernel/arrays.ts";

export interface WireSamples {
  values: WireArray;
  divisor: number;
}

export class Samples {
  readonly count: number;
  readonly shape: number[];
  readonly #values: ArrayLike<number> & { subarray(from: number, to: number): ArrayLike<number> };
  readonly #divisor: number;

  constructor({ values, divisor }: WireSamples) {
    [this.count, ...this.shape] = values.shape;
    this.#values = readArray(values);
    this.#divisor = divisor;
  }

  /** How many numbers one sample has. */
  get size(): number {
    return this.shape.reduce((product, side) => product * side, 1);
  }

  /** Some samples, float32 (rows, ...shape). */
  of(rows: ArrayLike<number>): Float32Array {
    const { size } = this;
    const made = new Float32Array(rows.length * size);
    for (let i = 0; i < rows.length; i++) {
      const values = this.#values.subarray(rows[i] * size, (rows[i] + 1) * size);
      // Stored into an array of float32, which rounds as Python does.
      for (let k = 0; k < size; k++) made[i * size + k] = values[k] / this.#divisor;
    }
    return made;
  }
}
