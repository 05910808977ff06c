/** Asks the kernel for what a file needs. The user waits for the file: for longer than for a picture. */

import type { AnyModel } from "@anywidget/types";
import { Channel } from "./channel.ts";
import { LatestRequest } from "./latest_request.ts";
import type { Answer } from "./messages.ts";

/** In ms: 16 MB of a million scores take long on the way, and a cell may run before. */
const PATIENCE = 60_000;

export class FileRequest<K extends "scores" | "history" | "keys"> {
  readonly #channel: Channel;
  readonly #request: LatestRequest<K>;
  #answered: (answer: Answer<K>) => void = () => {};
  #failed: (why: Error) => void = () => {};

  constructor(model: AnyModel<any>, kind: K, patience = PATIENCE) {
    this.#channel = Channel.of(model);
    const take = (answer: Answer<K>) => (answer.error ? this.#fail(answer.error) : this.#answered(answer));
    const late = () => this.#fail(`no answer from the kernel for ${patience / 1000} s: is it busy or gone?`);
    this.#request = new LatestRequest(model, kind, take, late, patience);
  }

  /** Resolves with the answer of the kernel, and is rejected with the reason if there is none. */
  ask(): Promise<Answer<K>> {
    return new Promise((answered, failed) => {
      [this.#answered, this.#failed] = [answered, failed];
      if (this.#channel.gone) this.#fail("the kernel that has the data is gone. Run the cell again");
      else this.#request.send({});
    });
  }

  close(): void {
    this.#request.close();
  }

  #fail(why: string): void {
    this.#failed(new Error(why));
  }
}
