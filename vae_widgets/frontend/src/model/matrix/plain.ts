/** The machine in plain TypeScript, for pages whose Content-Security-Policy forbids WebAssembly. */
import type { Machine } from "./machine.ts";
import { panelWidth } from "./packing.ts";

export async function plainEngine(size: number): Promise<Machine> {
  const floats = new Float32Array(size);
  return {
    floats,
    multiply: (...places) => multiply(floats, ...places),
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
      let row = 0;
      for (; row + 4 <= m; row += 4) {
        multiplyBlock(
          f,
          a + row * lda,
          lda,
          b + half,
          width,
          c + row * ldc + first + half,
          ldc,
          n - first - half,
          k,
        );
      }
      for (; row < m; row++) {
        multiplyRow(
          f,
          a + row * lda,
          b + half,
          width,
          c + row * ldc + first + half,
          n - first - half,
          k,
        );
      }
    }
    b += width * k;
  }
}

/** Four rows by four columns, of which the first `n` are kept, so that 16 sums stay in registers. */
function multiplyBlock(
  f: Float32Array,
  a0: number,
  lda: number,
  b: number,
  width: number,
  c: number,
  ldc: number,
  n: number,
  k: number,
): void {
  const [a1, a2, a3] = [a0 + lda, a0 + 2 * lda, a0 + 3 * lda];
  let [s00, s01, s02, s03, s10, s11, s12, s13] = [0, 0, 0, 0, 0, 0, 0, 0];
  let [s20, s21, s22, s23, s30, s31, s32, s33] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < k; i++, b += width) {
    const [b0, b1, b2, b3] = [f[b], f[b + 1], f[b + 2], f[b + 3]];
    const [x0, x1, x2, x3] = [f[a0 + i], f[a1 + i], f[a2 + i], f[a3 + i]];
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
  addTo(f, c + 2 * ldc, n, s20, s21, s22, s23);
  addTo(f, c + 3 * ldc, n, s30, s31, s32, s33);
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
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
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
