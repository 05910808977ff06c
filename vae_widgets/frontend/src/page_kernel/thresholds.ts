/** The methods of choosing a threshold that a page applies itself (core/thresholds/percentile.py). */

import { counted, whole } from "../format/numbers.ts";
import { nextAfter, type LabelledScores } from "./labelled_scores.ts";

export interface Chosen {
  threshold: number;
  method: string;
  parameters: Record<string, number | null>;
  /** How it was chosen, and what that assumes. */
  status: string;
}

/** A choice that the page has made itself. */
export interface Explained extends Chosen {
  /** `status` without what is assumed. */
  explanation: string;
}

/** Flag at most the top `100 - percentile` percent. */
export function byPercentile(scores: LabelledScores, percentile: number): Explained {
  if (!(percentile >= 0 && percentile <= 100)) throw new Error("percentile must be in [0, 100].");
  const n = scores.length;
  const allowed = Math.floor(Number(((n * (100 - percentile)) / 100).toFixed(6)));
  const threshold = atMost(scores.ascending, allowed);
  const share = Number((100 - percentile).toPrecision(6));
  const rest = allowed || percentile === 100 ? tied(scores.ascending, threshold) : ": room for none.";
  const explanation = `Flags at most the top ${share} % of ${counted(n, "sample")}${rest}`;
  return {
    threshold,
    method: "percentile",
    parameters: { percentile },
    explanation,
    status: `${explanation} Assumes that this share of alerts is right: it flags as many when nothing is wrong.`,
  };
}

/** Flag at most `k` samples. */
export function byTopK(scores: LabelledScores, k: number): Explained {
  if (!Number.isInteger(k) || k < 1) throw new Error("k must be a whole number, at least 1.");
  const threshold = atMost(scores.ascending, k);
  const explanation =
    `Flags at most ${whole(k)} of ${counted(scores.length, "sample")}, what the reviewers can look at` +
    tied(scores.ascending, threshold);
  return {
    threshold,
    method: "top_k",
    parameters: { k },
    explanation,
    status: `${explanation} Assumes that later batches have this size; a larger one raises more alerts.`,
  };
}

/** The lowest score that flags at most `allowed` samples; a tie stays unflagged as a whole. */
function atMost(ascending: Float64Array, allowed: number): number {
  const n = ascending.length;
  if (allowed >= n) return ascending[0];
  const excluded = ascending[n - 1 - allowed];
  return ascending.subarray(n - allowed).find((score) => score > excluded) ?? nextAfter(excluded);
}

function tied(ascending: Float64Array, threshold: number): string {
  const highest = ascending.at(-1)!;
  const count = threshold <= highest ? 1 : ascending.filter((score) => score === highest).length;
  return count < 2 ? "." : `: none, for the highest score is that of ${whole(count)} samples.`;
}
