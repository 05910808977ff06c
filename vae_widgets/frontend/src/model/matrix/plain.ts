/** The machine in plain TypeScript, for pages whose Content-Security-Policy forbids WebAssembly. */
import type { Machine } from "./machine.ts";
import { panelWidth } from "./packing.ts";

export async function plainEngine(size: number): Promise<Machine> {
  const floats = new Float32Array(size);
  return {
    floats,
    multiply: (a, lda, b, c, ldc, m, n, k) => multiply(floats, a, lda, b, c, ldc, m, n, k),
    relu(at, n) {
      for (let i = at; i < at + n; i++) if (floats[i] < 0) floats[i] = 0;
    },
  };
}

function multiply(
  f: Float32Array,
  a: number,
  lda: number,
  b: number,
  c: number,
  ldc: number,
  m: number,
  n: number,
  k: number,
): void {
  for (let first = 0; first < n; first += 8) {
    const width = panelWidth(n, first);
    for (let half = 0; half < width && first + half < n; half += 4) {
      const to = c + first + half;
      const columns = n - first - half;
      for (let row = 0; row < m; row += 4) {
        const [from, at, rows] = [a + row * lda, to + row * ldc, m - row];
        if (rows === 1) multiplyRow(f, from, b + half, width, at, columns, k);
        else multiplyBlock(f, from, lda, b + half, width, at, ldc, rows, columns, k);
      }
    }
    b += width * k;
  }
}

/**
 * Four rows by four columns, so that 16 sums stay in registers. Where fewer rows or columns are left,
 * the last row is computed again, and only those that C has are kept.
 */
function multiplyBlock(
  f: Float32Array,
  a0: number,
  lda: number,
  b: number,
  width: number,
  c: number,
  ldc: number,
  rows: number,
  n: number,
  k: number,
): void {
  // Lists in place of these lines would make the loop several times slower.
  const a1 = a0 + lda;
  const a2 = rows > 2 ? a1 + lda : a1;
  const a3 = rows > 3 ? a2 + lda : a2;
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  let s20 = 0;
  let s21 = 0;
  let s22 = 0;
  let s23 = 0;
  let s30 = 0;
  let s31 = 0;
  let s32 = 0;
  let s33 = 0;
  for (let i = 0; i < k; i++, b += width) {
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
  addTo(f, c, n, s00, s01, s02, s03);
  addTo(f, c + ldc, n, s10, s11, s12, s13);
  if (rows > 2) addTo(f, c + 2 * ldc, n, s20, s21, s22, s23);
  if (rows > 3) addTo(f, c + 3 * ldc, n, s30, s31, s32, s33);
}

function multiplyRow(
  f: Float32Array,
  a: number,
  b: number,
  width: number,
  c: number,
  n: number,
  k: number,
): void {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let i = 0; i < k; i++, b += width) {
    const x = f[a + i];
    s0 += x * f[b];
    s1 += x * f[b + 1];
    s2 += x * f[b + 2];
    s3 += x * f[b + 3];
  }
  addTo(f, c, n, s0, s1, s2, s3);
}

function addTo(
  f: Float32Array,
  c: number,
  n: number,
  s0: number,
  s1: number,
  s2: number,
  s3: number,
): void {
  f[c] += s0;
  if (n > 1) f[c + 1] += s1;
  if (n > 2) f[c + 2] += s2;
  if (n > 3) f[c + 3] += s3;
}
