/**
 * The order in which the kernels read the right-hand matrix: panels of 8 columns, row by row, and for
 * the last 1 to 4 columns one of 4, so that each step reads whole vectors one after the other.
 */

/** The columns of the panel that begins where so many columns are left. */
export function panelWidth(left: number): number {
  return left > 4 ? 8 : 4;
}

/** The floats that a packed matrix (k, n) takes. */
export function packedSize(k: number, n: number): number {
  return 4 * k * Math.ceil(n / 4);
}

/** Write a matrix, whose numbers `value` gives, into `to` from `at` on. */
export function pack(
  to: Float32Array,
  at: number,
  k: number,
  n: number,
  value: (row: number, column: number) => number,
): void {
  for (let first = 0; first < n; first += 8) {
    for (let row = 0; row < k; row++) {
      for (let i = first; i < first + panelWidth(n - first); i++)
        to[at++] = i < n ? value(row, i) : 0;
    }
  }
}
