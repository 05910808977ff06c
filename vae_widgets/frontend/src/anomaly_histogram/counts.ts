/** Exact counts at a grid of thresholds (core/scores/histogram.py), for a drag without the scores. */

import { readArray, type WireArray } from "../kernel/arrays.ts";

export interface WireGrid {
  thresholds: WireArray;
  at_or_above: WireArray;
  totals: number[];
  steps_per_bin: number;
  clipped: boolean;
  lowest: number;
  highest: number;
  /** Percentages and their scores, ascending. */
  percentiles: [number, number][];
  /** Rows precision, low, high, drawn for each threshold; null if all or no samples are labelled. */
  reviewed: WireArray | null;
}

/** The precision among all flagged samples, estimated from those drawn at random (core/scores/reviewed_precision.py). */
export interface Reviewed {
  precision: number;
  low: number;
  high: number;
  /** How many flagged samples were drawn at random. */
  drawn: number;
}

export class ScoreCounts {
  readonly thresholds: Float64Array;
  /** Total number of scores of each class. */
  readonly totals: number[];
  readonly stepsPerBin: number;
  readonly #counts: Uint32Array;
  readonly #reviewed: Float64Array | null;

  constructor(
    thresholds: Float64Array,
    counts: Uint32Array,
    totals: number[],
    stepsPerBin: number,
    reviewed: Float64Array | null = null,
  ) {
    this.thresholds = thresholds;
    this.#counts = counts;
    this.totals = totals;
    this.stepsPerBin = stepsPerBin;
    this.#reviewed = reviewed;
  }

  static read(wire: WireGrid): ScoreCounts {
    return new ScoreCounts(
      readArray<Float64Array>(wire.thresholds),
      readArray<Uint32Array>(wire.at_or_above),
      wire.totals,
      wire.steps_per_bin,
      wire.reviewed && readArray<Float64Array>(wire.reviewed),
    );
  }

  get low(): number {
    return this.thresholds[0];
  }

  get high(): number {
    return this.thresholds[this.last];
  }

  get last(): number {
    return this.thresholds.length - 1;
  }

  get step(): number {
    return (this.high - this.low) / this.last;
  }

  /** Index of the threshold nearest to a value. */
  nearest(value: number): number {
    return this.#clamp(Math.round((value - this.low) / this.step));
  }

  /** Index `steps` further. From between two thresholds, the first step reaches the next one. */
  moved(from: number, steps: number): number {
    const at = (from - this.low) / this.step;
    const near = Math.round(at);
    const onGrid = this.thresholds[near] === from;
    if (onGrid) return this.#clamp(near + steps);
    return this.#clamp(steps > 0 ? Math.floor(at) + steps : Math.ceil(at) + steps);
  }

  /** Scores of each class at or above threshold `index`. */
  flagged(index: number): number[] {
    const m = this.thresholds.length;
    return this.totals.map((_, k) => this.#counts[k * m + index]);
  }

  /** The same for a threshold on the grid; null for any other. */
  flaggedAt(threshold: number): number[] | null {
    const index = this.nearest(threshold);
    return this.thresholds[index] === threshold ? this.flagged(index) : null;
  }

  /** The reviewed precision of a threshold on the grid; null for any other, or if unknown. */
  reviewedAt(threshold: number): Reviewed | null {
    const index = this.nearest(threshold);
    if (!this.#reviewed || this.thresholds[index] !== threshold) return null;
    const m = this.thresholds.length;
    const [precision, low, high, drawn] = [0, 1, 2, 3].map((row) => this.#reviewed![row * m + index]);
    return { precision, low, high, drawn };
  }

  /** The end of the bin of a threshold that flags nothing in it; otherwise the threshold. */
  afterLastUnflagged(threshold: number, flagged: number[]): number {
    const bin = Math.floor((threshold - this.low) / (this.step * this.stepsPerBin));
    const end = this.#clamp((bin + 1) * this.stepsPerBin);
    const isEmpty = this.flagged(end).every((count, k) => count === flagged[k]);
    return isEmpty && threshold >= this.low ? Math.max(threshold, this.thresholds[end]) : threshold;
  }

  /** Scores in each bin [edge, next edge), by class. */
  bins(): number[][] {
    const edges = this.last / this.stepsPerBin + 1;
    const at = Array.from({ length: edges }, (_, i) => this.flagged(i * this.stepsPerBin));
    return this.totals.map((_, k) => at.slice(1).map((next, i) => at[i][k] - next[k]));
  }

  /** Scores below and beyond the grid, by class. */
  outside(): { below: number[]; beyond: number[] } {
    const inside = this.flagged(0);
    return { below: this.totals.map((n, k) => n - inside[k]), beyond: this.flagged(this.last) };
  }

  #clamp(index: number): number {
    return Math.min(this.last, Math.max(0, index));
  }
}

export interface Metrics {
  flagged: number;
  total: number;
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
  trueNegatives: number;
  /** NaN where undefined, as in core/thresholds/labelled.py. */
  precision: number;
  recall: number;
  f1: number;
  reviewed: Reviewed | null;
}

/** Metrics for the flagged count of each class: normal, anomalous, and unlabelled if any. */
export function measure(
  flagged: number[],
  totals: number[],
  reviewed: Reviewed | null = null,
): Metrics {
  const [falsePositives, truePositives = 0] = flagged;
  const falseNegatives = (totals[1] ?? 0) - truePositives;
  const sum = (counts: number[]) => counts.reduce((a, b) => a + b, 0);
  return {
    flagged: sum(flagged),
    total: sum(totals),
    truePositives,
    falsePositives,
    falseNegatives,
    trueNegatives: totals[0] - falsePositives,
    precision: truePositives / (truePositives + falsePositives),
    recall: truePositives / (truePositives + falseNegatives),
    f1: (2 * truePositives) / (2 * truePositives + falsePositives + falseNegatives),
    reviewed,
  };
}

/** Fraction of the normal samples that is flagged; NaN if there are none. */
export function falsePositiveRate({ falsePositives, trueNegatives }: Metrics): number {
  return falsePositives / (falsePositives + trueNegatives);
}

/** Mean cost of a labelled sample (core/thresholds/labelled.py). */
export function expectedCost(m: Metrics, costs: number[]): number {
  const [falseNegative, falsePositive, truePositive, trueNegative] = costs;
  const total =
    truePositive * m.truePositives +
    falseNegative * m.falseNegatives +
    falsePositive * m.falsePositives +
    trueNegative * m.trueNegatives;
  const labelled = m.truePositives + m.falseNegatives + m.falsePositives + m.trueNegatives;
  return total / labelled;
}
