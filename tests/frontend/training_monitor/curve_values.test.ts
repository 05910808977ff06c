import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestX, readAt } from "../../../vae_widgets/frontend/src/training_monitor/curve_values.ts";

const series = [
  { label: "loss", kind: "training", count: 3 },
  { label: "KL", kind: "training", count: 3 },
  { label: "loss", kind: "validation", count: 2 },
];
// x of all, then y of all.
const points = [1, 2, 3, 1, 2, 3, 1, 3, 30, 20, 10, 1, 2, NaN, 35, -0.5];

test("the nearest x of all series is read", () => {
  assert.equal(nearestX(series, points, 1.6), 2);
  assert.equal(nearestX(series, points, -9), 1);
  assert.equal(nearestX(series, points, 99), 3);
});

test("values of all series at a place, by kind and with their unit", () => {
  assert.equal(
    readAt(series, points, 3, "epoch", "nats"),
    "epoch 3 · training: loss 10.00, KL NaN nats · validation: loss −0.5000 nats",
  );
  assert.equal(
    readAt(series.slice(0, 1), [1, 2, 3, 30, 20, 10], 2, "step", ""),
    "step 2 · training: loss 20.00",
  );
});

test("large losses have no exponent until it is shorter", () => {
  const read = (loss: number) => readAt(series.slice(0, 1), [1, 2, 3, 0, loss, 0], 2, "step", "");
  assert.equal(read(9999.4), "step 2 · training: loss 9999");
  assert.equal(read(11534.6), "step 2 · training: loss 11535");
  assert.equal(read(-123456), "step 2 · training: loss −123456");
  assert.equal(read(1.5e7), "step 2 · training: loss 1.500e+7");
});
