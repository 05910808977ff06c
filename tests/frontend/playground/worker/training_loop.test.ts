import assert from "node:assert/strict";
import { test } from "node:test";
import { quickestEngine } from "../../../../vae_widgets/frontend/src/model/matrix/wasm.ts";
import type { Kind } from "../../../../vae_widgets/frontend/src/playground/network/trainer.ts";
import type { FromWorker, Report } from "../../../../vae_widgets/frontend/src/playground/worker/messages.ts";
import { TrainingLoop } from "../../../../vae_widgets/frontend/src/playground/worker/training_loop.ts";

/** 300 samples of 16 values: left half or right half bright. */
function plan(kinds: Kind[] = ["vae"]) {
  const values = Uint8Array.from({ length: 300 * 16 }, (_, i) => ((i >> 4) % 2 === Number(i % 4 > 1) ? 255 : 0));
  return { samples: { values, size: 16, divisor: 255 }, rows: Uint32Array.from({ length: 300 }, (_, i) => i), kinds, seed: 0 };
}

/** A loop that has begun, what it sends, and how to wait for a message. */
async function begun(kinds?: Kind[], settings = { beta: 1, learningRate: 1e-3 }, change = {}) {
  const sent: FromWorker[] = [];
  const waiting: (() => void)[] = [];
  const loop = new TrainingLoop(quickestEngine, (message) => {
    sent.push(message);
    waiting.splice(0).forEach((wake) => wake());
  });
  await loop.take({ kind: "begin", plan: { ...plan(kinds), ...change }, settings, shown: Uint32Array.of(0, 1, 2, 3) });
  const until = async (found: () => boolean) => {
    while (!found()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return { loop, sent, until, reports: () => sent.filter((message): message is Report => message.kind === "report") };
}

test("the first report has the codes and weights of the network before training", async () => {
  const { sent, reports } = await begun(["vae", "autoencoder"]);
  assert.equal(sent.length, 1);
  const [{ step, batchesPerEpoch, losses, states }] = reports();
  assert.deepEqual([step, batchesPerEpoch, losses], [0, 3, []]);
  assert.equal(states[0].codes.length, 8);
  assert.deepEqual(states[0].weights, states[1].weights); // both start alike
  assert.ok(states[0].weights.some((weight) => weight !== 0));
});

test("a step trains on one batch and reports its losses", async () => {
  const { loop, reports } = await begun();
  await loop.take({ kind: "step" });
  const [before, after] = reports();
  assert.equal(after.step, 1);
  assert.equal(after.losses.length, 1);
  assert.ok(after.losses[0].reconstruction > 0 && after.losses[0].kl >= 0);
  assert.notDeepEqual(after.states[0].weights, before.states[0].weights);
});

test("it trains until it is paused, and learns", async () => {
  const { loop, until, reports, sent } = await begun();
  await loop.take({ kind: "step" });
  const running = loop.take({ kind: "run" });
  await until(() => reports().some(({ step }) => step > 60));
  await loop.take({ kind: "pause" });
  await running;
  const { length } = sent;
  const losses = reports().flatMap((report) => report.losses.map((each) => each.reconstruction + each.kl));
  assert.ok(losses.at(-1)! < losses[0] - 1, String(losses));
  assert.ok(reports().some(({ secondsPerEpoch }) => secondsPerEpoch > 0));
  await loop.take({ kind: "pause" });
  assert.equal(sent.length, length);
});

test("other settings hold from the next batch on", async () => {
  const still = await begun(undefined, { beta: 1, learningRate: 1e-3 });
  await still.loop.take({ kind: "set", settings: { beta: 1, learningRate: 0 } });
  await still.loop.take({ kind: "step" });
  const [before, after] = still.reports();
  assert.deepEqual(after.states[0].weights, before.states[0].weights);
});

test("settings and a batch that are asked for while the networks are made are not lost", async () => {
  const sent: FromWorker[] = [];
  const loop = new TrainingLoop(quickestEngine, (message) => sent.push(message));
  const settings = { beta: 1, learningRate: 1e-3 };
  await Promise.all([
    loop.take({ kind: "begin", plan: plan(), settings, shown: Uint32Array.of(0) }),
    loop.take({ kind: "set", settings: { ...settings, learningRate: 0 } }),
    loop.take({ kind: "step" }),
  ]);
  const [before, after] = sent as Report[];
  assert.equal(after.step, 1);
  assert.deepEqual(after.states[0].weights, before.states[0].weights);
});

test("an autoencoder does not follow beta, a VAE does", async () => {
  const after = async (beta: number) => {
    const { loop, reports } = await begun(["vae", "autoencoder"], { beta, learningRate: 1e-3 });
    await loop.take({ kind: "step" });
    return reports()[1].states.map(({ weights }) => weights);
  };
  const [one, other] = [await after(1), await after(8)];
  assert.notDeepEqual(one[0], other[0]);
  assert.deepEqual(one[1], other[1]);
});

test("a learning rate that is too high ends the training with a message, and not with NaN in the page", async () => {
  const { loop, sent, reports } = await begun(undefined, { beta: 1, learningRate: 1e6 });
  await loop.take({ kind: "run" });
  assert.equal(sent.at(-1)!.kind, "diverged");
  assert.ok(reports().every(({ states }) => states.every(({ codes }) => codes.every(Number.isFinite))));
});

test("weights that one batch moves to infinity do not reach the page", async () => {
  const { loop, sent } = await begun(undefined, { beta: 1, learningRate: 1e39 });
  await loop.take({ kind: "step" }); // its loss is that of the weights before, and finite
  assert.deepEqual(sent.map(({ kind }) => kind), ["report", "diverged"]);
  await loop.take({ kind: "score", which: 0 });
  assert.equal(sent.at(-1)!.kind, "diverged");
});

test("scores are those of all samples; a class that is left out of training has higher ones", async () => {
  const { loop, sent, until, reports } = await begun(undefined, { beta: 1, learningRate: 1e-2 }, {
    rows: Uint32Array.from({ length: 150 }, (_, i) => 2 * i),
  });
  const running = loop.take({ kind: "run" });
  await until(() => reports().some(({ step }) => step > 100));
  await loop.take({ kind: "pause" });
  await running;
  await loop.take({ kind: "score", which: 0 });
  const found = sent.at(-1)!;
  assert.ok(found.kind === "scores" && found.scores.length === 300);
  const of = (odd: number) => Array.from(found.scores).filter((_, i) => i % 2 === odd);
  assert.ok(Math.min(...of(1)) > Math.max(...of(0)));
});

test("what goes wrong is told", async () => {
  const { loop, sent } = await begun();
  await loop.take({ kind: "score", which: 7 });
  const found = sent.at(-1)!;
  assert.ok(found.kind === "failed" && found.why);
});
