/**
 * The density of codes q(z), the mean over samples of q(z | x), on the plane of two latent dimensions
 * (core/latent/aggregated_posterior.py).
 */

import type { Edges } from "../canvas/viewport.ts";
import { writeArray } from "../kernel/arrays.ts";
import type { DensityState } from "../latent_scatter/state/protocol.ts";
import type { Codes } from "./contents.ts";

const [COLUMNS, ROWS] = [128, 96];
/** Deviations that the grid reaches beyond the codes. */
const REACH = 3;
/** The shares of q(z) that are encircled. */
const RINGS = [0.5, 0.9];
/** More codes are thinned to this many, evenly spread. */
const MOST_CODES = 5000;

/** The probability of each cell of a grid; null where the variances of the codes are not known. */
export function densityOf({ count, means, logVars }: Codes, k: number, dims: number[]): DensityState | null {
  if (!logVars || dims.length < 2) return null;
  const used = Math.min(count, MOST_CODES);
  const rows = Array.from({ length: used }, (_, i) => Math.floor((i * count) / used));
  const [x, y] = dims.map((dim) => ({
    mean: Float64Array.from(rows, (row) => means[row * k + dim]),
    variance: Float64Array.from(rows, (row) => Math.exp(logVars[row * k + dim])),
  }));
  const [x0, x1] = rangeOf(x);
  const [y0, y1] = rangeOf(y);
  const [width, height] = [(x1 - x0) / COLUMNS, (y1 - y0) / ROWS];
  const across = weights(x, x0 + width / 2, width, COLUMNS);
  const down = weights(y, y1 - height / 2, -height, ROWS);
  const density = new Float32Array(ROWS * COLUMNS);
  for (let i = 0; i < used; i++) {
    for (let row = 0; row < ROWS; row++) {
      const weight = (down[i * ROWS + row] * width * height) / used;
      if (weight < 1e-12) continue;
      for (let column = 0; column < COLUMNS; column++)
        density[row * COLUMNS + column] += weight * across[i * COLUMNS + column];
    }
  }
  const bounds = [x0, x1, y0, y1] as unknown as Edges;
  return {
    bounds,
    columns: COLUMNS,
    rows: ROWS,
    density: writeArray(density, [ROWS, COLUMNS]),
    rings: ringsOf(density),
  };
}

interface Normals {
  mean: Float64Array;
  variance: Float64Array;
}

function rangeOf({ mean, variance }: Normals): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  mean.forEach((value, i) => {
    const reach = REACH * Math.sqrt(variance[i]);
    low = Math.min(low, value - reach);
    high = Math.max(high, value + reach);
  });
  return [low, high];
}

/** The density of each normal distribution, widened by half a cell, at `count` places: (n, count). */
function weights({ mean, variance }: Normals, first: number, step: number, count: number): Float64Array {
  const made = new Float64Array(mean.length * count);
  mean.forEach((centre, i) => {
    const wide = variance[i] + (step / 2) ** 2;
    const scale = 1 / Math.sqrt(2 * Math.PI * wide);
    for (let at = 0; at < count; at++)
      made[i * count + at] = scale * Math.exp(-((first + at * step - centre) ** 2) / (2 * wide));
  });
  return made;
}

/** The values above which the shares lie: highest density regions (R. Hyndman, The American Statistician 50, 1996). */
function ringsOf(density: Float32Array): DensityState["rings"] {
  const sorted = density.toSorted().reverse();
  return RINGS.flatMap((probability) => {
    let mass = 0;
    const level = sorted.find((value) => (mass += value) >= probability);
    return level === undefined ? [] : [{ probability, density: level }];
  });
}
