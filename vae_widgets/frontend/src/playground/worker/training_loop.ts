/** Trains a batch after the other, and reports to the page a few times a second. */

import type { Engine } from "../../model/matrix/machine.ts";
import type { Losses } from "../network/network.ts";
import { Trainer } from "../network/trainer.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

type Send = (message: FromWorker, transfer?: Transferable[]) => void;

/** Reports take at most this part of the time: 1 / SHARE. */
const SHARE = 6;
/** Never more often than this, in ms: the page has something else to do as well. */
const LEAST = 100;

export class TrainingLoop {
  readonly #engine: Engine;
  readonly #send: Send;
  #trainer: Trainer | null = null;
  #shown: Uint32Array = new Uint32Array();
  /** Until the networks are there, what the page asks for waits: settings and batches would be lost. */
  #begun: Promise<void> = Promise.resolve();
  #running = false;
  #busy = false;
  /** Sums over the samples since the last report. */
  #sums: Losses[] = [];
  #samples = 0;
  #batches = 0;
  #since = 0;
  #pause = LEAST;

  constructor(engine: Engine, send: Send) {
    this.#engine = engine;
    this.#send = send;
  }

  /** Do what the page asks for. */
  async take(message: ToWorker): Promise<void> {
    try {
      if (message.kind === "begin") {
        this.#begun = this.#begin(message);
        await this.#begun;
        return;
      }
      await this.#begun.catch(() => {}); // why it failed was told already
      if (message.kind === "set") {
        this.#trainer?.set(message.settings);
      } else if (message.kind === "run") {
        this.#running = true;
        await this.#run();
      } else if (message.kind === "pause") {
        this.#running = false;
      } else if (message.kind === "step") {
        if (this.#trainer && this.#train(this.#trainer)) this.#report();
      } else if (this.#trainer) {
        const scores = this.#trainer.scores(message.which);
        if (!scores.every(Number.isFinite)) return this.#diverged();
        this.#send({ kind: "scores", which: message.which, scores }, [scores.buffer]);
      }
    } catch (error) {
      this.#running = false;
      this.#send({ kind: "failed", why: error instanceof Error ? error.message : String(error) });
    }
  }

  async #begin({ plan, settings, shown }: Extract<ToWorker, { kind: "begin" }>): Promise<void> {
    this.#shown = shown;
    this.#trainer = await Trainer.make(plan, settings, this.#engine);
    this.#report();
  }

  async #run(): Promise<void> {
    const trainer = this.#trainer;
    if (!trainer || this.#busy) return;
    this.#busy = true;
    const breaks = new Breaks();
    this.#startClock();
    try {
      while (this.#running && this.#train(trainer)) {
        this.#send({ kind: "alive" });
        if (performance.now() - this.#since >= this.#pause) this.#report();
        await breaks.take();
      }
    } finally {
      breaks.close();
      this.#busy = false;
    }
    if (this.#batches) this.#report();
  }

  /** Train on one batch; false if the loss is not finite any more. */
  #train(trainer: Trainer): boolean {
    const { losses, samples } = trainer.trainBatch();
    if (!losses.every(({ reconstruction, kl }) => Number.isFinite(reconstruction + kl))) {
      this.#diverged();
      return false;
    }
    if (!this.#samples) this.#sums = losses.map(() => ({ reconstruction: 0, kl: 0 }));
    losses.forEach(({ reconstruction, kl }, i) => {
      this.#sums[i].reconstruction += samples * reconstruction;
      this.#sums[i].kl += samples * kl;
    });
    this.#samples += samples;
    this.#batches++;
    return true;
  }

  #diverged(): void {
    this.#running = false;
    this.#batches = this.#samples = 0;
    this.#send({ kind: "diverged", step: this.#trainer!.step });
  }

  /** Tell the page how far the training is. A batch with a finite loss may still have moved weights to infinity. */
  #report(): void {
    const trainer = this.#trainer!;
    const began = performance.now();
    const codes = trainer.codes(this.#shown);
    const finite = [...codes, ...trainer.networks.map(({ weights }) => weights)].every((each) => each.every(Number.isFinite));
    if (!finite) return this.#diverged();
    const states = trainer.networks.map(({ weights }, i) => ({ codes: codes[i], weights: weights.slice() }));
    const count = this.#samples;
    const { step, batchesPerEpoch } = trainer;
    const losses = count ? this.#sums.map(({ reconstruction, kl }) => ({ reconstruction: reconstruction / count, kl: kl / count })) : [];
    const took = performance.now() - began;
    const seconds = (began + took - this.#since) / 1000;
    const secondsPerEpoch = this.#running && this.#batches ? (seconds * batchesPerEpoch) / this.#batches : NaN;
    const buffers = states.flatMap((state) => [state.codes.buffer, state.weights.buffer]) as ArrayBuffer[];
    this.#send({ kind: "report", step, batchesPerEpoch, losses, states, secondsPerEpoch }, buffers);
    this.#pause = Math.max(LEAST, SHARE * took);
    this.#startClock();
  }

  #startClock(): void {
    this.#samples = this.#batches = 0;
    this.#since = performance.now();
  }
}

/** Lets messages be delivered while a loop runs. `setTimeout` would wait 4 ms each time. */
class Breaks {
  readonly #channel = new MessageChannel();
  #resume: () => void = () => {};

  constructor() {
    this.#channel.port1.onmessage = () => this.#resume();
  }

  take(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
      this.#channel.port2.postMessage(null);
    });
  }

  close(): void {
    this.#channel.port1.close();
  }
}
