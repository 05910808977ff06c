/** Draws from the prior N(0, I), for a file without codes: the same ones each time it is opened. */

const SEED = 1;

/** Latent vectors (count, latentDim). */
export function priorDraws(count: number, latentDim: number): Float32Array {
  const uniform = uniformNumbers(SEED);
  return Float32Array.from({ length: count * latentDim }, () => {
    // G. Box and M. Muller, "A note on the generation of random normal deviates", 1958.
    return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  });
}

/** Numbers in [0, 1), good enough for a plot: a linear congruential generator (Numerical Recipes, 2007, section 7.1). */
function uniformNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
