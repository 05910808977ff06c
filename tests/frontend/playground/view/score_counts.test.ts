import assert from "node:assert/strict";
import { test } from "node:test";
import { countScores, firstThreshold } from "../../../../vae_widgets/frontend/src/playground/view/score_counts.ts";

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

test("at most five percent of the samples that were trained on are flagged at first", () => {
  const { threshold } = firstThreshold(scores, leftOut);
  const trainedOn = scores.filter((_, i) => !leftOut[i]);
  assert.equal(trainedOn.filter((score) => score >= threshold).length, 20);
});

test("a tie of more than 95 percent is not flagged: only what is above it, or none", () => {
  const tied = Float32Array.from({ length: 200 }, (_, i) => (i < 194 ? 3 : 4 + i));
  const all = new Uint8Array(200);
  assert.equal(firstThreshold(tied, all).threshold, 4 + 194);
  const highest = firstThreshold(new Float32Array(200).fill(3), all);
  assert.ok(highest.threshold > 3 && highest.threshold < 3.0001);
  assert.equal(
    highest.explanation,
    "Flags at most the top 5 % of 200 samples: none, for the highest score is that of 200 samples.",
  );
});
