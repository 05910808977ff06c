import assert from "node:assert/strict";
import { test } from "node:test";
import { countScores, percentileOf } from "../../../../vae_widgets/frontend/src/playground/view/score_counts.ts";

const scores = Float32Array.from({ length: 500 }, (_, i) => Math.sin(37 * i) * 20 + (i % 7));
const leftOut = Uint8Array.from(scores, (_, i) => Number(i % 5 === 0));

test("counts at each threshold are those of counting one by one", () => {
  const { counts } = countScores(scores, leftOut, ["trained on", "left out"], "score");
  counts.thresholds.forEach((threshold, index) => {
    const expected = [0, 1].map((kind) => scores.filter((score, i) => leftOut[i] === kind && score >= threshold).length);
    assert.deepEqual(counts.flagged(index), expected);
  });
  assert.deepEqual(counts.flagged(0), [400, 100]);
  assert.deepEqual(counts.flagged(counts.last), [0, 0]);
});

test("equal scores have a histogram, too", () => {
  const { counts } = countScores(new Float32Array(30).fill(2), new Uint8Array(30), ["samples"], "score");
  assert.deepEqual(counts.flagged(0), [30]);
  assert.deepEqual(counts.flagged(counts.last), [0]);
});

test("a percentile has as many scores below as it says", () => {
  const threshold = percentileOf(scores, 95);
  assert.equal(scores.filter((score) => score < threshold).length, 475);
});
