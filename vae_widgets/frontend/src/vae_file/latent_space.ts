/** Codes and the coordinates in which they are shown, as core/latent/ describes them to a page. */

import { writeArray } from "../kernel/arrays.ts";
import type { Axis } from "../latent_scatter/state/protocol.ts";
import type { CarriedPlane } from "../page_kernel/latent_samples.ts";
import type { Codes } from "./contents.ts";
import { principalAxes } from "./principal_axes.ts";

/** How far a dimension with a standard normal prior reaches at least. */
const PRIOR_REACH = 3;
/** Variance above which a dimension is active (Burda, Grosse & Salakhutdinov, arXiv:1509.00519, section 2.3). */
const ACTIVE = 0.01;
/** More dimensions have no principal axes: these take time that grows with the third power. */
const MOST_ROTATED = 128;
/** Of the distance beyond which a latent vector is far (core/latent/far_from_data.py). */
const [CODES_ASKED, QUANTILE, MOST_PRODUCTS] = [500, 0.99, 20_000_000];

/** The planes of a scatter by their names: "latent", and "pca" where there are several dimensions. */
export function planesOf(codes: Codes, k: number): Record<string, CarriedPlane> {
  const prior = codes.logVars !== null && k > 1;
  const identity = Float64Array.from({ length: k * k }, (_, at) => (at % (k + 1) ? 0 : 1));
  const planes = {
    latent: planeOf(latentAxes(codes, k), codes.means, k, prior, new Float64Array(k), identity),
  };
  if (k < 2 || k > MOST_ROTATED) return planes;
  const { origin, directions } = principalAxes(codes.means, k);
  const coordinates = projected(codes.means, k, origin, directions);
  return {
    ...planes,
    pca: planeOf(principalAxesOf(coordinates, k), coordinates, k, prior, origin, directions),
  };
}

/** The unit of distances for each dimension, and how far the nearest code of a usual latent vector is at most. */
export function spreadOf(
  { count, means, logVars }: Codes,
  k: number,
): { scale: Float64Array; limit: number | null } {
  const scale = new Float64Array(k).fill(1);
  if (logVars) {
    scale.fill(0);
    logVars.forEach((value, at) => (scale[at % k] += Math.exp(value) / count));
    scale.forEach((variance, i) => (scale[i] = Math.sqrt(variance)));
  }
  const asked = Math.min(count, CODES_ASKED, Math.floor(MOST_PRODUCTS / (count * k)));
  if (count < 2 || asked < 2) return { scale, limit: null };
  const nearest = Float64Array.from({ length: asked }, (_, i) => {
    const row = Math.floor((i * (count - 1)) / (asked - 1));
    let least = Infinity;
    for (let other = 0; other < count; other++) {
      if (other === row) continue;
      let squared = 0;
      for (let j = 0; j < k && squared < least; j++)
        squared += ((means[row * k + j] - means[other * k + j]) / scale[j]) ** 2;
      least = Math.min(least, squared);
    }
    return Math.sqrt(least);
  }).sort();
  const place = QUANTILE * (asked - 1);
  const below = Math.floor(place);
  const above = Math.min(asked - 1, below + 1);
  return { scale, limit: nearest[below] + (place - below) * (nearest[above] - nearest[below]) };
}

function planeOf(
  axes: Axis[],
  coordinates: Float32Array,
  k: number,
  prior: boolean,
  origin: Float64Array,
  directions: Float64Array,
): CarriedPlane {
  const { mean } = momentsOf(coordinates, k);
  return {
    axes,
    center: writeArray(Float32Array.from(mean)),
    dims: axes
      .slice(0, 2)
      .map(({ index }) => index)
      .sort((a, b) => a - b),
    prior,
    origin: writeArray(origin),
    directions: writeArray(directions, [k, k]),
  };
}

/** The latent dimensions: that of the largest KL first, or of the largest variance where variances are not known. */
function latentAxes({ count, means, logVars }: Codes, k: number): Axis[] {
  const { mean, variance, low, high } = momentsOf(means, k);
  const kl = new Float64Array(k);
  logVars?.forEach(
    (value, at) => (kl[at % k] += (0.5 * (means[at] ** 2 + Math.exp(value) - value - 1)) / count),
  );
  const reach = logVars ? PRIOR_REACH : 0;
  const weight = logVars ? kl : variance;
  return [...weight.keys()]
    .sort((a, b) => weight[b] - weight[a] || a - b)
    .map((index) => ({
      index,
      name: `z[${index}]`,
      note: logVars ? `${kl[index].toFixed(2)} nats` : "",
      collapsed: logVars !== null && variance[index] <= ACTIVE,
      low: logVars ? Math.min(low[index], -reach) : low[index],
      high: logVars ? Math.max(high[index], reach) : high[index],
      mean: mean[index],
    }));
}

function principalAxesOf(coordinates: Float32Array, k: number): Axis[] {
  const { mean, variance, low, high } = momentsOf(coordinates, k);
  const all = Math.max(
    variance.reduce((sum, value) => sum + value, 0),
    1e-30,
  );
  return Array.from({ length: k }, (_, index) => ({
    index,
    name: `PC[${index}]`,
    note: `${Math.round((100 * variance[index]) / all)}%`,
    collapsed: false,
    low: low[index],
    high: high[index],
    mean: mean[index],
  }));
}

function momentsOf(values: Float32Array, k: number) {
  const n = values.length / k;
  const [mean, variance] = [new Float64Array(k), new Float64Array(k)];
  const [low, high] = [new Float64Array(k).fill(Infinity), new Float64Array(k).fill(-Infinity)];
  values.forEach((value, at) => {
    const i = at % k;
    mean[i] += value / n;
    low[i] = Math.min(low[i], value);
    high[i] = Math.max(high[i], value);
  });
  values.forEach((value, at) => (variance[at % k] += (value - mean[at % k]) ** 2 / n));
  return { mean, variance, low, high };
}

function projected(
  codes: Float32Array,
  k: number,
  origin: Float64Array,
  directions: Float64Array,
): Float32Array {
  const made = new Float32Array(codes.length);
  for (let row = 0; row < codes.length; row += k) {
    for (let axis = 0; axis < k; axis++) {
      let sum = 0;
      for (let j = 0; j < k; j++) sum += (codes[row + j] - origin[j]) * directions[axis * k + j];
      made[row + axis] = sum;
    }
  }
  return made;
}
