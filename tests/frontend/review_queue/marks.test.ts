import assert from "node:assert/strict";
import { test } from "node:test";
import { firstShown, nextOpen, sign, summary, verdict } from "../../../vae_widgets/frontend/src/review_queue/marks.ts";

test("only what is flagged is an alarm", () => {
  assert.equal(verdict("anomalous", true), "true alarm");
  assert.equal(verdict("normal", true), "false alarm");
  assert.equal(verdict("anomalous", false), "missed anomaly");
  assert.equal(verdict("normal", false), "rightly not flagged");
  assert.equal(verdict("unsure", true), "unsure");
  assert.equal(verdict("", true), "");
});

test("a tick means that the threshold is right, whatever the mark", () => {
  assert.equal(sign("anomalous", true), "✓");
  assert.equal(sign("normal", false), "✓");
  assert.equal(sign("anomalous", false), "✗");
  assert.equal(sign("normal", true), "✗");
  assert.equal(sign("unsure", true), "?");
  assert.equal(sign("", true), "");
});

test("the next sample is the next without a mark, round to those before", () => {
  assert.equal(nextOpen(["normal", "", ""], 0), 1);
  assert.equal(nextOpen(["normal", "unsure", ""], 0), 2);
  assert.equal(nextOpen(["", "normal", "normal"], 2), 0);
  assert.equal(nextOpen(["normal", "normal", "normal"], 1), 3); // the end
  assert.equal(nextOpen(["normal", "normal"], 1), 2);
  assert.equal(nextOpen([""], 0), 0);
  assert.equal(nextOpen([], 0), 0);
});

test("the strip shows the sample in its middle, but for the ends", () => {
  assert.equal(firstShown(50, 11, 200), 45);
  assert.equal(firstShown(2, 11, 200), 0);
  assert.equal(firstShown(199, 11, 200), 189);
  assert.equal(firstShown(3, 11, 5), 0);
});

test("the end tells what is marked, what is known and what comes next", () => {
  const counts = { anomalous: 2, normal: 1, unsure: 1 };
  assert.deepEqual(summary(["anomalous", "", "normal"], counts, "Known.", ""), [
    "End of the queue: 1 sample of 3 without a mark.",
    "Marked in all: 2 anomalous, 1 normal, 1 unsure.",
    "Known.",
    "Continue with the next samples, or move the threshold: the queue follows it.",
  ]);
  assert.match(summary(["normal"], counts, "", "")[0], /: 1 sample, all with a mark/);
  assert.equal(summary([], counts, "", "Why.")[0], "Why.");
});
