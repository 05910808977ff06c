/** Counts of scores at thresholds, for the histogram. */

import { ScoreCounts } from "../../anomaly_histogram/counts.ts";
import type { Histogram } from "../../anomaly_histogram/layers.ts";

const BINS = 40;
const STEPS = 8;

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

/** The score below which `percent` of some scores lie. */
export function percentileOf(scores: Float32Array, percent: number): number {
  const sorted = scores.slice().sort();
  return sorted[Math.min(sorted.length - 1, Math.floor((percent / 100) * sorted.length))];
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
