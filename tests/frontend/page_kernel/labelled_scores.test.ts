import assert from "node:assert/strict";
import { test } from "node:test";
import {
  LabelledScores,
  nextAfter,
} from "../../../vae_widgets/frontend/src/page_kernel/labelled_scores.ts";
import { byPercentile, byTopK } from "../../../vae_widgets/frontend/src/page_kernel/thresholds.ts";
import { reviewOrder } from "../../../vae_widgets/frontend/src/page_kernel/review_order.ts";

const SCORES = Float64Array.from({ length: 97 }, (_, i) => ((i * 37) % 50) / 4 - 3);
const LABELS = Float64Array.from(SCORES, (_, i) => [0, 1, NaN][i % 3]);

test("counts by kind are those of all scores looked at one by one", () => {
  const counted = new LabelledScores(SCORES, LABELS, null);
  for (const threshold of [-10, -3, 0.1, 0.25, 5, nextAfter(5), 99]) {
    const flagged = (kind: number) =>
      SCORES.filter((score, i) => score >= threshold && Object.is(LABELS[i], kind)).length;
    assert.deepEqual(counted.atOrAbove(threshold), [flagged(0), flagged(1), flagged(NaN)]);
    const rows = [...SCORES.keys()].filter((i) => SCORES[i] >= threshold);
    assert.deepEqual([...counted.flaggedRows(threshold)], rows);
    const below = SCORES.filter((score) => score < threshold);
    const above = SCORES.filter((score) => score >= threshold);
    assert.deepEqual(counted.around(threshold), [
      below.length ? Math.max(...below) : null,
      above.length ? Math.min(...above) : null,
    ]);
  }
});

test("the next number is the next one, on both sides of zero", () => {
  for (const value of [1, -1, 0, 1e-320, 12345.678, -7e200]) {
    const next = nextAfter(value);
    assert.ok(next > value);
    assert.equal(nextAfter(next, -1), value);
    assert.equal((value + next) / 2 === value || (value + next) / 2 === next, true);
  }
});

test("a percentile and top k flag at most as many, and one score less would flag more", () => {
  const scores = new LabelledScores(SCORES, null, null);
  const lower = (threshold: number) => Math.max(...SCORES.filter((score) => score < threshold));
  for (const k of [1, 2, 10, 50]) {
    const { threshold } = byTopK(scores, k);
    assert.ok(scores.flagged(threshold) <= k);
    assert.ok(scores.flagged(lower(threshold)) > k);
  }
  for (const percentile of [50, 90, 99.9]) {
    const allowed = Math.floor((97 * (100 - percentile)) / 100 + 1e-9);
    const { threshold } = byPercentile(scores, percentile);
    assert.ok(scores.flagged(threshold) <= allowed);
    assert.ok(scores.flagged(lower(threshold)) > allowed);
  }
  assert.equal(scores.flagged(byPercentile(scores, 0).threshold), 97);
  assert.throws(() => byTopK(scores, 0.5), /k must be a whole number/);
});

test("of drawn samples, only those that a threshold flags and was drawn for are counted", () => {
  const scores = new LabelledScores(Float64Array.of(1, 2, 3, 4), null, null);
  scores.label([3, 2], [1, 0], [2.5, 2.5]);
  assert.deepEqual([scores.reviewed(2.5).precision, scores.reviewed(2.5).drawn], [0.5, 2]);
  assert.ok(Number.isNaN(scores.reviewed(1.5).precision)); // drawn for a higher threshold
  scores.label([1], [1], [NaN]); // chosen by hand: the draws stand for nothing any more
  assert.equal(scores.reviewed(2.5).drawn, 0);
  assert.equal(scores.hasDrawn, false);
});

test("each order of a review gives open samples only, as many as asked", () => {
  const scores = new LabelledScores(SCORES, null, null);
  const isOpen = (row: number) => row % 2 === 0;
  const threshold = 4;
  const of = (order: string, size = 10) => reviewOrder(order, scores, threshold, size, isOpen, 3);
  const open = [...SCORES.keys()].filter(isOpen);
  const at = (rows: number[]) => rows.map((row) => SCORES[row]);
  assert.deepEqual(at(of("highest")), at(open).sort((a, b) => b - a).slice(0, 10));
  const away = (rows: number[]) => at(rows).map((score) => Math.abs(score - threshold));
  assert.deepEqual(away(of("nearest")), away(open).sort((a, b) => a - b).slice(0, 10));
  const flagged = open.filter((row) => SCORES[row] >= threshold);
  assert.deepEqual([...of("random", 99)].sort((a, b) => a - b), flagged);
  assert.notDeepEqual(of("random", 99), flagged);
  assert.deepEqual(of("random"), of("random", 99).slice(0, 10));
});
