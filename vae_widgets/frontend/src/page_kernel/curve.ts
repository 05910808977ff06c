/** Precision-recall and ROC curves: what every possible threshold would have done (core/thresholds/curves.py). */

export interface Curve {
  /** Each distinct labelled score, descending. */
  thresholds: Float64Array;
  truePositives: Float64Array;
  falsePositives: Float64Array;
  nAnomalous: number;
  nNormal: number;
  precision: Float64Array;
  recall: Float64Array;
  falsePositiveRate: Float64Array;
  averagePrecision: number;
  auroc: number;
}

/** The curve of the scores of each kind, ascending; not both are empty. */
export function curveOf(normal: Float64Array, anomalous: Float64Array): Curve {
  const [thresholds, true_, false_]: number[][] = [[], [], []];
  let [a, n] = [anomalous.length, normal.length];
  while (a || n) {
    // Tied scores are flagged together.
    const threshold = Math.max(a ? anomalous[a - 1] : -Infinity, n ? normal[n - 1] : -Infinity);
    while (a && anomalous[a - 1] === threshold) a--;
    while (n && normal[n - 1] === threshold) n--;
    thresholds.push(threshold);
    true_.push(anomalous.length - a);
    false_.push(normal.length - n);
  }
  const [truePositives, falsePositives] = [Float64Array.from(true_), Float64Array.from(false_)];
  const precision = truePositives.map((count, i) => count / (count + falsePositives[i]));
  const recall = truePositives.map((count) => count / anomalous.length);
  const falsePositiveRate = falsePositives.map((count) => count / normal.length);
  let [averagePrecision, auroc] = [0, 0];
  recall.forEach((value, i) => {
    const [before, rate] = i ? [recall[i - 1], falsePositiveRate[i - 1]] : [0, 0];
    averagePrecision += (value - before) * precision[i];
    auroc += ((falsePositiveRate[i] - rate) * (value + before)) / 2;
  });
  return {
    thresholds: Float64Array.from(thresholds),
    truePositives,
    falsePositives,
    nAnomalous: anomalous.length,
    nNormal: normal.length,
    precision,
    recall,
    falsePositiveRate,
    averagePrecision,
    auroc,
  };
}
