/**
 * The order in which the kernels read the right-hand matrix: panels of 8 columns, the last one filled
 * with zeros, row by row, so that each step reads whole vectors one after the other.
 */

/** The floats that a packed matrix (k, n) takes. */
export const packedSize = (k: number, n: number): number => 8 * k * Math.ceil(n / 8);

/** Write a matrix, whose numbers `value` gives, into `to` from `at` on. */
export const pack = (
  to: Float32Array,
  at: number,
  k: number,
  n: number,
  value: (row: number, column: number) => number,
): void => {
  for (let first = 0; first < n; first += 8) {
    for (let row = 0; row < k; row++) {
      for (let i = first; i < first + 8; i++) to[at++] = i < n ? value(row, i) : 0;
    }
  }
};
