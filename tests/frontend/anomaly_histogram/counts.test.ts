import assert from "node:assert/strict";
import { test } from "node:test";
import {
  expectedCost,
  falsePositiveRate,
  measure,
  ScoreCounts,
} from "../../../vae_widgets/frontend/src/anomaly_histogram/counts.ts";

// Two classes on the grid 0, 0.5, 1, 1.5, 2 with bins of two steps.
const NORMAL = [-1, 0, 0.2, 0.5, 1, 1.4];
const ANOMALOUS = [0.9, 1, 2, 7];
const GRID = Float64Array.of(0, 0.5, 1, 1.5, 2);
const above = (scores: number[]) =>
  [...GRID].map((threshold) => scores.filter((score) => score >= threshold).length);
const counts = new ScoreCounts(
  GRID,
  Uint32Array.from([...above(NORMAL), ...above(ANOMALOUS)]),
  [NORMAL.length, ANOMALOUS.length],
  2,
);

test("flagged counts scores at or above a threshold of the grid, by class", () => {
  assert.deepEqual(counts.flagged(2), [2, 3]);
  assert.deepEqual(counts.flaggedAt(1), [2, 3]);
  assert.equal(counts.flaggedAt(1.1), null);
  assert.equal(counts.flaggedAt(99), null);
});

test("bins are half open and the rest is outside", () => {
  assert.deepEqual(counts.bins(), [
    [3, 2],
    [1, 1],
  ]);
  assert.deepEqual(counts.outside(), { below: [1, 0], beyond: [0, 2] });
});

test("nearest clamps to the grid", () => {
  assert.equal(counts.nearest(0.7), 1);
  assert.equal(counts.nearest(-5), 0);
  assert.equal(counts.nearest(1e9), 4);
});

test("a key moves by whole steps, and from between two thresholds to the next one", () => {
  assert.equal(counts.moved(1, 1), 3);
  assert.equal(counts.moved(1, -1), 1);
  assert.equal(counts.moved(1.2, 1), 3);
  assert.equal(counts.moved(1.2, -1), 2);
  assert.equal(counts.moved(1.4, 1), 3);
  assert.equal(counts.moved(1, Infinity), 4);
  assert.equal(counts.moved(1, -Infinity), 0);
});

test("metrics by the definitions", () => {
  const { precision, recall, f1, ...counted } = measure([2, 3, 1], [6, 4, 10]);
  assert.deepEqual(counted, {
    flagged: 6,
    total: 20,
    truePositives: 3,
    falsePositives: 2,
    falseNegatives: 1,
    trueNegatives: 4,
    reviewed: null,
  });
  assert.equal(precision, 3 / 5);
  assert.equal(recall, 3 / 4);
  assert.equal(f1, 6 / 9);
});

test("precision is undefined when nothing is flagged, recall when nothing is anomalous", () => {
  assert.ok(Number.isNaN(measure([0, 0], [5, 5]).precision));
  assert.ok(Number.isNaN(measure([2, 0], [5, 0]).recall));
});

test("cost and false positive rate by the definitions", () => {
  const found = measure([2, 3, 1], [6, 4, 10]);
  assert.equal(falsePositiveRate(found), 2 / 6);
  // false negative 10, false positive 2, true positive 1, true negative -1
  assert.equal(expectedCost(found, [10, 2, 1, -1]), (10 * 1 + 2 * 2 + 1 * 3 - 1 * 4) / 10);
});

test("the reviewed precision is known on the grid alone", () => {
  const rows = [0.1, 0.2, 0.3, 0.4, NaN, 0, 0.1, 0.2, 0.3, 0, 0.5, 0.6, 0.7, 0.8, 1, 1, 2, 4, 3, 0];
  const reviewed = new ScoreCounts(GRID, new Uint32Array(5), [6], 2, Float64Array.from(rows));
  assert.deepEqual(reviewed.reviewedAt(1), { precision: 0.3, low: 0.2, high: 0.7, drawn: 4 });
  assert.deepEqual(reviewed.reviewedAt(2), { precision: NaN, low: 0, high: 1, drawn: 0 });
  assert.equal(reviewed.reviewedAt(1.1), null);
  assert.equal(counts.reviewedAt(1), null);
});


test("the line of a threshold right above a tie is behind the tie's bin", () => {
  assert.equal(counts.afterLastUnflagged(1.5, [0, 2]), 2); // nothing lies from 1.5 to 2
  assert.equal(counts.afterLastUnflagged(1.1, [1, 2]), 1.1); // 1.4 does
  assert.equal(counts.afterLastUnflagged(7.1, [0, 0]), 7.1); // beyond the axis
  assert.equal(counts.afterLastUnflagged(-3, [6, 4]), -3);
});
