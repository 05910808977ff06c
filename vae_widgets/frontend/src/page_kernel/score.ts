/** The anomaly score of a sample, by the formula that Python found (widgets/exported_page/score_formula.py). */

export interface ScoreFormula {
  kind: "squared" | "bernoulli";
  kl: 0 | 1;
  weight: number;
  offset: number;
}

export type ScoreOf = (x: Float32Array, xHat: Float32Array, zMean: Float32Array, zLogVar: Float32Array) => number;

const SMALLEST = 1e-7;

export function scoreOf(
  { kind, kl, weight, offset }: ScoreFormula,
  x: Float32Array,
  xHat: Float32Array,
  zMean: Float32Array,
  zLogVar: Float32Array,
): number {
  let error = 0;
  for (let i = 0; i < x.length; i++) {
    if (kind === "squared") error += (x[i] - xHat[i]) ** 2;
    else {
      const p = Math.min(1 - SMALLEST, Math.max(SMALLEST, xHat[i]));
      error -= x[i] * Math.log(p) + (1 - x[i]) * Math.log1p(-p);
    }
  }
  let divergence = 0;
  zMean.forEach((mean, i) => (divergence += 0.5 * (Math.exp(zLogVar[i]) + mean ** 2 - 1 - zLogVar[i])));
  return weight * error + offset + kl * divergence;
}
