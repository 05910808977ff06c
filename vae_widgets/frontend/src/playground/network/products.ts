/** Products of matrices that lie in the memory of a machine, row by row. */

import type { Machine } from "../../model/matrix/machine.ts";
import { packedSize } from "../../model/matrix/packing.ts";

export { packedSize };

/** A matrix: its first float, its rows and its columns. */
export interface Matrix {
  at: number;
  rows: number;
  columns: number;
}

/**
 * Pack a matrix, or its transpose, into `to` as the right-hand side of products.
 *
 * `pack` of matrix/packing.ts calls a function for each number. Training packs 700,000 numbers for
 * each batch, which is several times faster in this loop.
 */
export function packMatrix(f: Float32Array, { at, rows, columns }: Matrix, to: number, transposed = false): void {
  const [k, n] = transposed ? [columns, rows] : [rows, columns];
  const [down, across] = transposed ? [1, columns] : [columns, 1];
  for (let first = 0; first < n; first += 8) {
    const known = Math.min(8, n - first);
    let from = at + first * across;
    for (let row = 0; row < k; row++, from += down) {
      for (let i = 0; i < known; i++) f[to + i] = f[from + i * across];
      for (let i = known; i < 8; i++) f[to + i] = 0;
      to += 8;
    }
  }
}

/** Write the transpose of a matrix into `to`. */
export function transpose(f: Float32Array, { at, rows, columns }: Matrix, to: number): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) f[to + column * rows + row] = f[at++];
  }
}

/** Add A B to C, for a packed B. */
export function addProduct(machine: Machine, a: Matrix, packed: number, c: Matrix): void {
  machine.multiply(a.at, a.columns, packed, c.at, c.columns, a.rows, c.columns, a.columns);
}

/** Set each row of a matrix to the bias at `bias`. */
export function fillRows(f: Float32Array, { at, rows, columns }: Matrix, bias: number): void {
  for (let row = 0; row < rows; row++) f.copyWithin(at + row * columns, bias, bias + columns);
}

/** Write the sums of the columns into `to`. */
export function sumRows(f: Float32Array, { at, rows, columns }: Matrix, to: number): void {
  f.fill(0, to, to + columns);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns; i++) f[to + i] += f[at + row * columns + i];
  }
}
