/** The range of values that tiles are drawn on (rendering/value_range.py). */

export type Range = [low: number, high: number];

// Resized and decoded images leave [0, 1] by rounding.
const ROUNDING = 1e-3;

/** The lowest and the highest finite value; 0 and 1 if there is none. */
function dataRange(parts: Float32Array[]): Range {
  let [low, high] = [Infinity, -Infinity];
  for (const part of parts) {
    for (const value of part) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low > high ? [0, 1] : [low, high];
}

/** A range that is not empty: one value alone is drawn in the middle of it. */
function wide([low, high]: Range): Range {
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}

/** The values drawn as black and as white where the user gives none: `pixel_range` of floats. */
export function pixelRange(parts: Float32Array[]): Range {
  const [low, high] = dataRange(parts);
  return low >= -ROUNDING && high <= 1 + ROUNDING ? [0, 1] : wide([low, high]);
}

export function signalRange(parts: Float32Array[]): Range {
  return wide(dataRange(parts));
}

/** An end of the range that the renderer has; null takes it from the samples. */
export function endOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** |a - b|, as float32. */
export function distances(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => Math.abs(value - b[i]));
}
