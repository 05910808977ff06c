// Train as the task on standard input says, in WebAssembly and in plain TypeScript, and print what came out as JSON.
import { plainEngine } from "../../../../vae_widgets/frontend/src/model/matrix/plain.ts";
import { quickestEngine } from "../../../../vae_widgets/frontend/src/model/matrix/wasm.ts";
import { Adam } from "../../../../vae_widgets/frontend/src/playground/network/adam.ts";
import { Network, type Fill, type Losses } from "../../../../vae_widgets/frontend/src/playground/network/network.ts";
import { Trainer } from "../../../../vae_widgets/frontend/src/playground/network/trainer.ts";
import { readFileSync } from "node:fs";

const engines = { wasm: quickestEngine, plain: plainEngine };
const task = JSON.parse(readFileSync(0, "utf-8"));

/** Rows of x, which is (n, size). */
const filling = (x: number[], size: number): Fill => (row, to, at) => to.set(x.slice(row * size, (row + 1) * size), at);

/** The losses and gradients of one batch, and the weights after some batches. */
async function updates({ sizes, weights, x, noise, objective, learningRate }: any) {
  const found: Record<string, object> = {};
  for (const [name, engine] of Object.entries(engines)) {
    const network = await Network.make(sizes, engine);
    network.weights.set(weights);
    const adam = new Adam(weights.length, learningRate);
    const losses: Losses[] = [];
    let first: number[] = [];
    x.forEach((batch: number[], i: number) => {
      const fill = filling(batch, sizes.data);
      losses.push(network.computeGradients(batch.length / sizes.data, fill, noise[i], objective));
      if (!i) first = [...network.gradients];
      adam.update(network.weights, network.gradients);
    });
    const n = x[0].length / sizes.data;
    const fill = filling(x[0], sizes.data);
    const { zMean, zLogVar } = network.encode(n, fill);
    found[name] = {
      losses,
      gradients: first,
      weights: [...network.weights],
      z_mean: [...zMean],
      z_log_var: [...zLogVar],
      decoded: [...network.decode(zMean)],
      scores: [...network.scores(n, fill, true)],
    };
  }
  return found;
}

/** The losses of each epoch. */
async function epochs({ values, size, divisor, epochs, settings, kinds, seed }: any) {
  const samples = { values: Uint8Array.from(values), size, divisor };
  const rows = Uint32Array.from({ length: values.length / size }, (_, i) => i);
  const trainer = await Trainer.make({ samples, rows, kinds, seed }, settings, quickestEngine);
  const found: Losses[][] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const sums: Losses[] = kinds.map(() => ({ reconstruction: 0, kl: 0 }));
    for (let batch = 0; batch < trainer.batchesPerEpoch; batch++) {
      const { losses, samples: n } = trainer.trainBatch();
      losses.forEach(({ reconstruction, kl }, i) => {
        sums[i].reconstruction += (n * reconstruction) / rows.length;
        sums[i].kl += (n * kl) / rows.length;
      });
    }
    found.push(sums);
  }
  return found;
}

console.log(JSON.stringify(task.kind === "updates" ? await updates(task) : await epochs(task)));
