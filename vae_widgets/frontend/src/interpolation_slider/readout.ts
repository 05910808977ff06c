/** A point on a latent path as text. */

const SHOWN_DIMENSIONS = 3;

/** Row `index` of `path`, an array of rows of `dim` values. */
export function row(path: Float32Array, dim: number, index: number): Float32Array {
  return path.subarray(index * dim, (index + 1) * dim);
}

/** Euclidean distance. */
export function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0));
}

/** Decimals that show three digits of the largest value, and at least two. */
export function decimalsFor(values: Float32Array): number {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest === 0 ? 2 : Math.min(20, Math.max(2, 2 - Math.floor(Math.log10(largest))));
}

/** A number with a real minus sign. */
export function withDecimals(value: number, decimals: number): string {
  return value.toFixed(decimals).replace("-", "−");
}

/** "z = (0.12, −1.30, 0.55, …), 16 dimensions". */
export function zText(z: Float32Array, decimals: number): string {
  const shown = Array.from(z.subarray(0, SHOWN_DIMENSIONS), (value) => withDecimals(value, decimals));
  // No line break before the bracket.
  const text = `z\u00a0=\u00a0(${shown.join(", ")}`;
  return z.length > SHOWN_DIMENSIONS ? `${text}, …), ${z.length}\u00a0dimensions` : `${text})`;
}

/** Lowest and highest value, widened to at least `span`. */
export function paddedRange(values: number[], span = 0): [number, number] {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const missing = Math.max(0, span - (high - low));
  return [low - missing / 2, high + missing / 2];
}
