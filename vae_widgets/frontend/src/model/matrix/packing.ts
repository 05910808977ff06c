/**
 * The order in which the kernels read the right-hand matrix: panels of 8 columns, row by row, and for
 * the last 1 to 4 columns one of 4, so that each step reads whole vectors one after the other.
 */

/** The columns of the panel that begins at column `n` of `columns`. */
export function panelWidth(columns: number, n: number): number {
  return columns - n > 4 ? 8 : 4;
}

/** The floats that a packed matrix (k, n) takes. */
export function packedSize(k: number, n: number): number {
  return k * (8 * Math.floor(n / 8) + (n % 8 === 0 ? 0 : n % 8 > 4 ? 8 : 4));
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
    const width = panelWidth(n, first);
    for (let row = 0; row < k; row++) {
      for (let column = first; column < first + width; column++) {
        to[at++] = column < n ? value(row, column) : 0;
      }
    }
  }
}
