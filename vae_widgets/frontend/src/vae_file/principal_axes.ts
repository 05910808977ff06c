/** The principal axes of codes, as `principal_axes` of core/latent/projections.py finds them. */

/** The sums over rows take this many multiplications at most: of more codes, evenly spread ones are used. */
const MOST_PRODUCTS = 100_000_000;
const MOST_SWEEPS = 60;

/** The mean (k,) of codes (n, k), and the directions (k, k), that of largest variance first. */
export function principalAxes(
  codes: Float32Array,
  k: number,
): { origin: Float64Array; directions: Float64Array } {
  const n = codes.length / k;
  const step = Math.max(1, Math.ceil((n * k * k) / MOST_PRODUCTS));
  const origin = new Float64Array(k);
  for (let at = 0; at < codes.length; at++) origin[at % k] += codes[at] / n;
  const products = new Float64Array(k * k);
  const centred = new Float64Array(k);
  for (let row = 0; row < n; row += step) {
    for (let i = 0; i < k; i++) centred[i] = codes[row * k + i] - origin[i];
    for (let i = 0; i < k; i++) for (let j = 0; j <= i; j++) products[i * k + j] += centred[i] * centred[j];
  }
  for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) products[j * k + i] = products[i * k + j];
  const { values, vectors } = eigen(products, k);
  const order = [...values.keys()].sort((a, b) => values[b] - values[a]);
  const directions = new Float64Array(k * k);
  order.forEach((from, to) => {
    const direction = vectors.slice(from * k, (from + 1) * k);
    // The sign of scikit-learn: the largest entry is positive.
    const largest = direction.reduce(
      (most, value) => (Math.abs(value) > Math.abs(most) + 1e-12 ? value : most),
      0,
    );
    direction.forEach((value, i) => (directions[to * k + i] = largest < 0 ? -value : value));
  });
  return { origin, directions };
}

/**
 * Eigenvalues and eigenvectors (rows) of a symmetric matrix (k, k), by Jacobi's rotations (G. Golub and C. Van Loan,
 * "Matrix computations", 1996, algorithm 8.4.3).
 */
function eigen(matrix: Float64Array, k: number): { values: number[]; vectors: Float64Array } {
  const a = matrix.slice();
  const vectors = Float64Array.from({ length: k * k }, (_, at) => (at % (k + 1) ? 0 : 1));
  const scale = a.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let beside = 0;
    for (let p = 0; p < k; p++) for (let q = 0; q < p; q++) beside += a[p * k + q] ** 2;
    if (beside <= 1e-30 * scale) break;
    for (let p = 0; p < k; p++) for (let q = p + 1; q < k; q++) rotate(a, vectors, k, p, q);
  }
  return { values: Array.from({ length: k }, (_, i) => a[i * k + i]), vectors };
}

/** Make the entry (p, q) of the matrix zero. */
function rotate(a: Float64Array, vectors: Float64Array, k: number, p: number, q: number): void {
  const beside = a[p * k + q];
  if (beside === 0) return;
  const tau = (a[q * k + q] - a[p * k + p]) / (2 * beside);
  const tangent = Math.sign(tau || 1) / (Math.abs(tau) + Math.hypot(1, tau));
  const c = 1 / Math.hypot(1, tangent);
  const s = tangent * c;
  const turn = (values: Float64Array, first: number, second: number) => {
    const [x, y] = [values[first], values[second]];
    values[first] = c * x - s * y;
    values[second] = s * x + c * y;
  };
  for (let i = 0; i < k; i++) turn(a, i * k + p, i * k + q);
  for (let i = 0; i < k; i++) turn(a, p * k + i, q * k + i);
  for (let i = 0; i < k; i++) turn(vectors, p * k + i, q * k + i);
}
