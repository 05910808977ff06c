/** Counts of scores at thresholds, for the histogram. */

import { ScoreCounts } from "../../anomaly_histogram/counts.ts";
import type { Histogram } from "../../anomaly_histogram/layers.ts";
import { LabelledScores } from "../../page_kernel/labelled_scores.ts";
import { byPercentile, type Explained } from "../../page_kernel/thresholds.ts";

const BINS = 40;
const STEPS = 8;
/** At least this share of the samples that were trained on is below the first threshold, in percent. */
const PERCENTILE = 95;

/** The histogram of scores, by whether a sample was left out (1) of training or not (0). */
export function countScores(scores: Float32Array, leftOut: Uint8Array, classNames: string[], scoreName: string): Histogram {
  const sorted = classNames.map((_, kind) => scores.filter((_, i) => leftOut[i] === kind).sort());
  const lowest = Math.min(...sorted.map((of) => of[0] ?? Infinity));
  const highest = Math.max(...sorted.map((of) => of.at(-1) ?? -Infinity));
  // The last threshold is above all scores, so that one can flag none.
  const step = ((highest - lowest) * 1.001 || 1) / (BINS * STEPS);
  const thresholds = Float64Array.from({ length: BINS * STEPS + 1 }, (_, i) => lowest + i * step);
  const counts = Uint32Array.from(sorted.flatMap((of) => [...thresholds].map((threshold) => of.length - below(of, threshold))));
  const totals = sorted.map((of) => of.length);
  return {
    counts: new ScoreCounts(thresholds, counts, totals, STEPS),
    ...{ percentiles: [], selected: null, classNames, scoreName, logCounts: false, lowest, highest },
  };
}

/** The threshold before the reader has moved it. Of samples with equal scores it flags all or none. */
export function firstThreshold(scores: Float32Array, leftOut: Uint8Array): Explained {
  const trainedOn = Float64Array.from(scores.filter((_, i) => !leftOut[i]));
  return byPercentile(new LabelledScores(trainedOn, null, null), PERCENTILE);
}

/** How many of some sorted scores are below a threshold. */
function below(sorted: Float32Array, threshold: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}
