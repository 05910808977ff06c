/** Trains one network, or two side by side on the same batches with the same noise. */

import type { Engine } from "../../model/matrix/machine.ts";
import { Adam } from "./adam.ts";
import { Network, type Losses, type Objective } from "./network.ts";
import { Random } from "./random.ts";

/** Samples as bytes: value / `divisor` is in [0, 1]. */
export interface Samples {
  values: Uint8Array;
  /** Numbers in one sample. */
  size: number;
  divisor: number;
}

export type Kind = "vae" | "autoencoder";

export interface Plan {
  samples: Samples;
  /** The samples that are trained on. */
  rows: Uint32Array;
  /** The networks; all start with the same weights. */
  kinds: Kind[];
  seed: number;
}

export interface Settings {
  beta: number;
  learningRate: number;
}

export const HIDDEN = 256;
export const LATENT = 2;
export const BATCH = 128;

interface Model {
  kind: Kind;
  network: Network;
  adam: Adam;
}

export class Trainer {
  /** Batches since the start. */
  step = 0;
  readonly batchesPerEpoch: number;
  readonly #plan: Plan;
  readonly #models: Model[];
  readonly #random: Random;
  readonly #order: Uint32Array;
  readonly #noise = new Float32Array(BATCH * LATENT);
  #settings: Settings;

  private constructor(plan: Plan, settings: Settings, models: Model[]) {
    this.#plan = plan;
    this.#settings = settings;
    this.#models = models;
    this.#random = new Random(plan.seed);
    this.#order = plan.rows.slice();
    this.batchesPerEpoch = Math.ceil(plan.rows.length / BATCH);
  }

  static async make(plan: Plan, settings: Settings, engine: Engine): Promise<Trainer> {
    const sizes = { data: plan.samples.size, hidden: HIDDEN, latent: LATENT, batch: BATCH };
    const models: Model[] = [];
    for (const kind of plan.kinds) {
      const network = await Network.make(sizes, engine);
      network.initialize(new Random(plan.seed + 1));
      models.push({ kind, network, adam: new Adam(network.weights.length, settings.learningRate) });
    }
    return new Trainer(plan, settings, models);
  }

  get networks(): Network[] {
    return this.#models.map(({ network }) => network);
  }

  set(settings: Settings): void {
    this.#settings = settings;
    for (const { adam } of this.#models) adam.learningRate = settings.learningRate;
  }

  /** Train on the next batch. Returns the losses of each network, and the number of samples. */
  trainBatch(): { losses: Losses[]; samples: number } {
    const batch = this.step++ % this.batchesPerEpoch;
    if (batch === 0) this.#random.shuffle(this.#order);
    const rows = this.#order.subarray(batch * BATCH, (batch + 1) * BATCH);
    for (let i = 0; i < this.#noise.length; i++) this.#noise[i] = this.#random.normal();
    const fill = filling(this.#plan.samples, rows);
    const losses = this.#models.map(({ kind, network, adam }) => {
      const objective: Objective =
        kind === "vae" ? { beta: this.#settings.beta, draws: true } : { beta: 0, draws: false };
      const found = network.computeGradients(rows.length, fill, this.#noise, objective);
      adam.update(network.weights, network.gradients);
      return found;
    });
    return { losses, samples: rows.length };
  }

  /** z_mean of some samples, (rows, latent), by each network. */
  codes(rows: Uint32Array): Float32Array[] {
    const fill = filling(this.#plan.samples, rows);
    return this.networks.map((network) => network.encode(rows.length, fill).zMean);
  }

  /** Anomaly scores of all samples, in nats: the negative ELBO; of an autoencoder, -log p(x | z). */
  scores(which: number): Float32Array {
    const { samples } = this.#plan;
    const { kind, network } = this.#models[which];
    return network.scores(samples.values.length / samples.size, filling(samples, null), kind === "vae");
  }
}

/** Writes samples as numbers in [0, 1]: those of `rows`, or all. */
export function filling({ values, size, divisor }: Samples, rows: Uint32Array | null) {
  return (row: number, to: Float32Array, at: number) => {
    const from = (rows ? rows[row] : row) * size;
    for (let i = 0; i < size; i++) to[at + i] = values[from + i] / divisor;
  };
}
