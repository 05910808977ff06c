/** Numbers of a point on a latent path, as text. */

const SHOWN_DIMENSIONS = 3;

/** Row `index` of `path`, an array of rows of `dim` values. */
export function row(path: Float32Array, dim: number, index: number): Float32Array {
  return path.subarray(index * dim, (index + 1) * dim);
}

/** Euclidean distance. */
export function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0));
}

/** "z = (0.12, −1.30, 0.55, … 16 dimensions)". */
export function zText(z: Float32Array): string {
  const shown = Array.from(z.subarray(0, SHOWN_DIMENSIONS), (value) => number(value));
  if (z.length > SHOWN_DIMENSIONS) shown.push(`… ${z.length} dimensions`);
  return `z = (${shown.join(", ")})`;
}

/** Two decimals, or three significant digits where these say more; a true minus sign. */
export function number(value: number): string {
  const size = Math.abs(value);
  const plain = size === 0 || (size >= 0.1 && size < 1e4) ? value.toFixed(2) : value.toPrecision(3);
  return plain.replace("-", "−");
}
