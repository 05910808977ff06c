/** What the page and its training worker send each other. */

import type { Losses } from "../network/network.ts";
import type { Plan, Settings } from "../network/trainer.ts";

export type ToWorker =
  /** The first message. `shown` are the samples whose codes are sent. */
  | { kind: "begin"; plan: Plan; settings: Settings; shown: Uint32Array }
  | { kind: "set"; settings: Settings }
  | { kind: "run" }
  | { kind: "pause" }
  /** Train on one batch. */
  | { kind: "step" }
  /** Compute the anomaly scores of all samples by network number `which`. */
  | { kind: "score"; which: number };

/** One network as it is now. */
export interface NetworkState {
  /** z_mean of the shown samples, (n, latent). */
  codes: Float32Array;
  /** All weights, in the order of Keras. */
  weights: Float32Array;
}

export interface Report {
  kind: "report";
  /** Batches since the start. */
  step: number;
  batchesPerEpoch: number;
  /** Means over the samples since the last report, of each network; empty before the first batch. */
  losses: Losses[];
  states: NetworkState[];
  /** Time for one epoch at the speed since the last report, in seconds; NaN if unknown. */
  secondsPerEpoch: number;
}

export type FromWorker =
  | Report
  /** Still at work: sent after each batch. */
  | { kind: "alive" }
  /** A loss is not finite any more; training has stopped. */
  | { kind: "diverged"; step: number }
  | { kind: "scores"; which: number; scores: Float32Array }
  /** Anything else that went wrong. */
  | { kind: "failed"; why: string };
