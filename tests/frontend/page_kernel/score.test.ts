import assert from "node:assert/strict";
import { test } from "node:test";
import { scoreOf } from "../../../vae_widgets/frontend/src/page_kernel/score.ts";
import { logPrior } from "../../../vae_widgets/frontend/src/page_kernel/slider.ts";

const [x, xHat] = [Float32Array.of(0, 1, 0.5), Float32Array.of(0.25, 0.75, 0.5)];
const [zMean, zLogVar] = [Float32Array.of(2, 0), Float32Array.of(0, 0)];

test("scores follow their formulas", () => {
  const squared = { kind: "squared" as const, kl: 0 as const, weight: 2, offset: 1 };
  assert.equal(scoreOf(squared, x, xHat, zMean, zLogVar), 2 * 0.125 + 1);
  // KL(N(2, 1) || N(0, 1)) is 2.
  assert.equal(scoreOf({ ...squared, kl: 1 }, x, xHat, zMean, zLogVar), 2 * 0.125 + 1 + 2);
  const bernoulli = { kind: "bernoulli" as const, kl: 0 as const, weight: 1, offset: 0 };
  const nats = -2 * Math.log(0.75) + Math.log(2);
  assert.ok(Math.abs(scoreOf(bernoulli, x, xHat, zMean, zLogVar) - nats) < 1e-6);
});

test("the density of the prior along a path", () => {
  const path = Float32Array.of(0, 0, 1, 1);
  const [origin, away] = logPrior(path, 2);
  assert.ok(Math.abs(origin + Math.log(2 * Math.PI)) < 1e-12);
  assert.ok(Math.abs(away - origin + 1) < 1e-12);
});
