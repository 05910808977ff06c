/** Curves along a path, as core/latent/path_profile.py computes them. */

/** Root mean square differences between neighbouring samples, or the shares of `tokens` that differ. */
export function stepSizes(samples: Float32Array[], tokens: boolean): Float64Array {
  return Float64Array.from({ length: samples.length - 1 }, (_, i) => {
    const [before, after] = [samples[i], samples[i + 1]];
    if (tokens) return before.reduce((sum, value, j) => sum + Number(after[j] !== value), 0) / before.length;
    const squares = before.reduce((sum, value, j) => sum + (after[j] - value) ** 2, 0);
    return Math.sqrt(squares / before.length);
  });
}

/** Log densities of latent vectors (frames, k) under N(0, I), in nats. */
export function logPriors(path: Float32Array, frames: number): Float64Array {
  const k = path.length / frames;
  return Float64Array.from({ length: frames }, (_, frame) => {
    const z = path.subarray(frame * k, (frame + 1) * k);
    return -0.5 * (z.reduce((sum, value) => sum + value * value, 0) + k * Math.log(2 * Math.PI));
  });
}
