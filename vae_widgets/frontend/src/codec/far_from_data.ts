/** Whether latent vectors are far from all data (core/latent/far_from_data.py). */

import type { AnyModel } from "@anywidget/types";
import { readArray } from "../kernel/arrays.ts";
import { Channel } from "../kernel/channel.ts";
import type { Answer, FromPage } from "../kernel/messages.ts";
import { widgetKey } from "../kernel/widget_key.ts";

export class Codes {
  readonly count: number;
  readonly #codes: Float32Array;
  readonly #logVar: Float32Array | null;
  readonly #scale: Float64Array;
  readonly #limit: number;

  constructor({ codes, log_var, scale, limit }: FromPage["codes"]["answer"]) {
    this.count = codes.shape[0];
    this.#codes = readArray(codes);
    this.#logVar = log_var && readArray<Float32Array>(log_var);
    this.#scale = readArray<Float64Array>(scale);
    this.#limit = limit ?? Infinity;
  }

  /** The code of a sample; null if there are too many to be in the page. */
  codeOf(index: number): Float32Array | null {
    const k = this.#scale.length;
    return index < this.count ? this.#codes.slice(index * k, (index + 1) * k) : null;
  }

  /** The variances of q(z | x) of a sample; null if they are not in the page. */
  varianceOf(index: number): Float32Array | null {
    const k = this.#scale.length;
    if (index >= this.count || !this.#logVar) return null;
    return this.#logVar.slice(index * k, (index + 1) * k).map(Math.exp);
  }

  /** Whether the nearest code is farther away than is usual among codes. */
  isFar(z: Float32Array): boolean {
    const k = z.length;
    const limit = this.#limit ** 2;
    for (let first = 0; first < this.#codes.length; first += k) {
      let squared = 0;
      for (let j = 0; j < k && squared <= limit; j++) {
        squared += ((z[j] - this.#codes[first + j]) / this.#scale[j]) ** 2;
      }
      if (squared <= limit) return false;
    }
    return this.count > 0;
  }
}

/** The codes of each widget, for all of its views. */
const known = new WeakMap<object, Codes>();

/** The codes of the samples of a widget, which one of its views requests when they are needed first. */
export class WidgetCodes {
  readonly #model: AnyModel<any>;
  readonly #stop: () => void;
  #asked = -1;

  constructor(model: AnyModel<any>) {
    this.#model = model;
    this.#stop = Channel.of(model).listen({ codes: (answer) => this.#take(answer) });
  }

  /** Null while they are on their way. */
  get(): Codes | null {
    const codes = known.get(widgetKey(this.#model)) ?? null;
    if (!codes && this.#asked < 0) this.#asked = Channel.of(this.#model).post("codes", {}).seq;
    return codes;
  }

  close(): void {
    this.#stop();
  }

  #take({ seq, codes, scale, log_var = null, limit = null }: Answer<"codes">): void {
    if (seq !== this.#asked || !codes || !scale) return;
    known.set(widgetKey(this.#model), new Codes({ codes, log_var, scale, limit }));
  }
}
