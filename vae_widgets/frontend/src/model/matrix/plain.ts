/** The machine in plain TypeScript, for pages whose Content-Security-Policy forbids WebAssembly. */
import type { Engine } from "./machine.ts";

export const plainEngine: Engine = async (size) => {
  const floats = new Float32Array(size);
  return {
    floats,
    relu(at, n) {
      for (let i = at; i < at + n; i++) floats[i] = Math.max(floats[i], 0);
    },
    multiply(a, lda, b, c, ldc, m, n, k) {
      for (let column = 0; column < n; column += 4) {
        const panel = b + (column - (column % 8)) * k + (column % 8);
        for (let row = 0; row < m; row += 4) {
          const sums = m - row > 1 ? sumsOfBlock : sumsOfRow;
          const found = sums(floats, a + row * lda, lda, panel, k, m - row);
          found.forEach((sum, i) => {
            const [y, x] = [row + (i >> 2), column + (i % 4)];
            if (y < m && x < n) floats[c + y * ldc + x] += sum;
          });
        }
      }
    },
  };
};

/** Four rows by four columns. Where fewer rows are left, the last one is computed again. */
const sumsOfBlock = (
  f: Float32Array,
  a0: number,
  lda: number,
  b: number,
  k: number,
  rows: number,
): number[] => {
  // Lists in place of these lines would make the loop several times slower.
  const a1 = a0 + lda;
  const a2 = rows > 2 ? a1 + lda : a1;
  const a3 = rows > 3 ? a2 + lda : a2;
  let [s00, s01, s02, s03] = [0, 0, 0, 0];
  let [s10, s11, s12, s13] = [0, 0, 0, 0];
  let [s20, s21, s22, s23] = [0, 0, 0, 0];
  let [s30, s31, s32, s33] = [0, 0, 0, 0];
  for (let i = 0; i < k; i++, b += 8) {
    const b0 = f[b];
    const b1 = f[b + 1];
    const b2 = f[b + 2];
    const b3 = f[b + 3];
    const x0 = f[a0 + i];
    const x1 = f[a1 + i];
    const x2 = f[a2 + i];
    const x3 = f[a3 + i];
    s00 += x0 * b0;
    s01 += x0 * b1;
    s02 += x0 * b2;
    s03 += x0 * b3;
    s10 += x1 * b0;
    s11 += x1 * b1;
    s12 += x1 * b2;
    s13 += x1 * b3;
    s20 += x2 * b0;
    s21 += x2 * b1;
    s22 += x2 * b2;
    s23 += x2 * b3;
    s30 += x3 * b0;
    s31 += x3 * b1;
    s32 += x3 * b2;
    s33 += x3 * b3;
  }
  return [s00, s01, s02, s03, s10, s11, s12, s13, s20, s21, s22, s23, s30, s31, s32, s33];
};

/** One row by four columns. */
const sumsOfRow = (f: Float32Array, a: number, _lda: number, b: number, k: number): number[] => {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let i = 0; i < k; i++, b += 8) {
    const x = f[a + i];
    s0 += x * f[b];
    s1 += x * f[b + 1];
    s2 += x * f[b + 2];
    s3 += x * f[b + 3];
  }
  return [s0, s1, s2, s3];
};
