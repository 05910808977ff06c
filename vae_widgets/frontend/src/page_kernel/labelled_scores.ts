/** Scores with labels that may change, as core/scores/labelled_scores.py counts them. */

import { filled } from "../kernel/arrays.ts";
import { reviewedPrecision, type ReviewedPrecision } from "./reviewed_precision.ts";

export class LabelledScores {
  readonly scores: Float64Array;
  /** 1 anomalous, 0 normal, NaN without a label. */
  readonly labels: Float64Array;
  /** From which threshold on a sample was drawn at random; infinite if it was not. */
  readonly drawnFrom: Float64Array;
  readonly ascending: Float64Array;
  /** The sample of each of `ascending`; tied ones in their order. */
  readonly order: Uint32Array;
  normal = new Float64Array();
  anomalous = new Float64Array();

  constructor(scores: Float64Array, labels: Float64Array | null, drawnFrom: Float64Array | null) {
    this.scores = scores;
    this.labels = labels?.slice() ?? new Float64Array(scores.length).fill(NaN);
    this.drawnFrom = drawnFrom?.slice() ?? new Float64Array(scores.length).fill(Infinity);
    this.order = filled(new Uint32Array(scores.length), (row) => row).sort((a, b) => scores[a] - scores[b] || a - b);
    this.ascending = filled(new Float64Array(scores.length), (i) => scores[this.order[i]]);
    this.#sort();
  }

  get length(): number {
    return this.scores.length;
  }

  get labelled(): number {
    return this.normal.length + this.anomalous.length;
  }

  get hasBothKinds(): boolean {
    return this.normal.length > 0 && this.anomalous.length > 0;
  }

  get partlyLabelled(): boolean {
    return this.labelled > 0 && this.labelled < this.length;
  }

  /** Label samples; NaN takes a label away. `drawnFrom` is NaN for a sample that was not drawn. */
  label(rows: number[], labels: number[], drawnFrom: number[]): void {
    const other = rows.some((row, i) => Number.isNaN(drawnFrom[i]) && !Object.is(this.labels[row], labels[i]));
    // Labels that were not drawn: earlier draws no longer stand for the rest.
    if (other) this.drawnFrom.fill(Infinity);
    rows.forEach((row, i) => {
      const isDrawn = !Number.isNaN(drawnFrom[i]) && !Number.isNaN(labels[i]);
      this.drawnFrom[row] = isDrawn ? drawnFrom[i] : Infinity;
      this.labels[row] = labels[i];
    });
    this.#sort();
  }

  get hasDrawn(): boolean {
    return this.drawnFrom.some(Number.isFinite);
  }

  /** How many samples there are of each kind. */
  get totals(): Record<string, number> {
    if (!this.labelled) return { samples: this.length };
    const totals = { normal: this.normal.length, anomalous: this.anomalous.length };
    return this.partlyLabelled ? { ...totals, "not labelled": this.length - this.labelled } : totals;
  }

  /** How many of each kind have at least this score. */
  atOrAbove(threshold: number): number[] {
    const flagged = atOrAbove(this.ascending, threshold);
    if (!this.labelled) return [flagged];
    const known = [atOrAbove(this.normal, threshold), atOrAbove(this.anomalous, threshold)];
    return this.partlyLabelled ? [...known, flagged - known[0] - known[1]] : known;
  }

  flagged(threshold: number): number {
    return atOrAbove(this.ascending, threshold);
  }

  /** The rows of the samples with at least this score, ascending. */
  flaggedRows(threshold: number): Uint32Array {
    return this.order.slice(this.length - this.flagged(threshold)).sort();
  }

  /** The highest score below a threshold, and the lowest one from it on. */
  around(threshold: number): (number | null)[] {
    const at = this.length - this.flagged(threshold);
    return [this.ascending[at - 1] ?? null, this.ascending[at] ?? null];
  }

  has(score: number): boolean {
    return this.ascending[lowerBound(this.ascending, score)] === score;
  }

  reviewed(threshold: number): ReviewedPrecision {
    const counts = [this.normal, this.anomalous].map((of) => atOrAbove(of, threshold));
    const drawn = [0, 0];
    this.drawnFrom.forEach((since, row) => {
      const label = this.labels[row];
      if (since <= threshold && this.scores[row] >= threshold && !Number.isNaN(label)) drawn[label]++;
    });
    return reviewedPrecision(this.flagged(threshold), counts, drawn);
  }

  #sort(): void {
    const of = (kind: number) => this.ascending.filter((_, at) => this.labels[this.order[at]] === kind);
    this.normal = of(0);
    this.anomalous = of(1);
  }
}

/** Index of the first value that is not below. */
export function lowerBound(ascending: Float64Array, value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function atOrAbove(ascending: Float64Array, threshold: number): number {
  return ascending.length - lowerBound(ascending, threshold);
}

/** The smallest number above `value`; the largest one below it for -1. */
export function nextAfter(value: number, direction: 1 | -1 = 1): number {
  if (value === 0) return direction * Number.MIN_VALUE;
  const bits = new BigInt64Array(1);
  const numbers = new Float64Array(bits.buffer);
  numbers[0] = value;
  bits[0] += value > 0 === direction > 0 ? 1n : -1n;
  return numbers[0];
}
