/** The page's side of a training worker, which lives from one reset to the next. */

import type { Plan, Settings } from "../network/trainer.ts";
import type { FromWorker, Report, ToWorker } from "./messages.ts";

export interface TrainingEvents {
  report(report: Report): void;
  scores(which: number, scores: Float32Array): void;
  /** The loss is not finite any more. */
  diverged(step: number): void;
  /** The worker cannot go on: only a new one helps. */
  lost(why: string): void;
}

/**
 * A worker that is silent twice for so long while it trains is lost, in ms. Twice, because after a
 * computer has slept the time is over before the worker had a chance.
 */
const SILENT = 5_000;

export class Training {
  readonly #url: string;
  readonly #worker: Worker;
  readonly #events: TrainingEvents;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;
  running = false;

  /** Start the worker. Throws if the browser refuses. */
  constructor(script: string, plan: Plan, settings: Settings, shown: Uint32Array, events: TrainingEvents) {
    this.#events = events;
    this.#url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    this.#worker = new Worker(this.#url);
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#take(data);
    this.#worker.onerror = ({ message }) => this.#lose(message || "the browser does not run its script");
    this.#worker.onmessageerror = () => this.#lose("a message could not be read");
    this.#post({ kind: "begin", plan, settings, shown });
    this.#watch();
  }

  run(): void {
    this.running = true;
    this.#post({ kind: "run" });
    this.#watch();
  }

  pause(): void {
    this.running = false;
    this.#post({ kind: "pause" });
    clearTimeout(this.#timer);
  }

  step(): void {
    this.#post({ kind: "step" });
    this.#watch();
  }

  set(settings: Settings): void {
    this.#post({ kind: "set", settings });
  }

  score(which: number): void {
    this.#post({ kind: "score", which });
    this.#watch();
  }

  /** Stop the worker at once. */
  close(): void {
    this.#over = true;
    this.running = false;
    clearTimeout(this.#timer);
    this.#worker.terminate();
    URL.revokeObjectURL(this.#url);
  }

  #post(message: ToWorker): void {
    if (!this.#over) this.#worker.postMessage(message);
  }

  /** Expect a message. */
  #watch(last = false): void {
    clearTimeout(this.#timer);
    if (this.#over) return;
    const silent = `it has not answered for ${(2 * SILENT) / 1000} seconds`;
    this.#timer = setTimeout(() => (last ? this.#lose(silent) : this.#watch(true)), SILENT);
  }

  #take(message: FromWorker): void {
    if (this.#over) return;
    if (this.running) this.#watch();
    else clearTimeout(this.#timer);
    if (message.kind === "report") this.#events.report(message);
    else if (message.kind === "scores") this.#events.scores(message.which, message.scores);
    else if (message.kind === "diverged") {
      this.running = false;
      clearTimeout(this.#timer);
      this.#events.diverged(message.step);
    } else if (message.kind === "failed") this.#lose(message.why);
  }

  #lose(why: string): void {
    this.close();
    this.#events.lost(why);
  }
}
