/**
 * Messages from one widget in the page to the kernel, each with a receipt (widgets/base/widget.py).
 *
 * A kernel that was restarted or shut down cannot be reached: messages wait here, in order, until
 * one gets through. A kernel that is busy does not answer for a while. The widget says both.
 */

import type { AnyModel } from "@anywidget/types";

/** A message without a receipt for so long means that the kernel is busy or gone, in ms. */
const PATIENCE = 3000;
/** How often messages that could not be sent are tried again, in ms. */
const RETRY = 2000;

/** Makes the message when it is sent, so that it holds the latest values. */
export type Make = () => { content: Record<string, unknown>; buffers: ArrayBuffer[] };

export interface Post {
  /** Take the message back. Returns false if it has left the page already. */
  cancel(): boolean;
}

interface Waiting {
  make: Make;
  names: Set<string> | null;
}

const channels = new WeakMap<object, Channel>();

export class Channel {
  readonly #model: AnyModel<any>;
  readonly #page = Math.random().toString(36).slice(2);
  #sent = 0;
  #heard = 0;
  readonly #unsent: Waiting[] = [];
  readonly #watchers = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #quiet = false;

  private constructor(model: AnyModel<any>) {
    this.#model = model;
    model.on?.("msg:custom", this.#take);
  }

  static of(model: AnyModel<any>): Channel {
    let channel = channels.get(model);
    if (!channel) channels.set(model, (channel = new Channel(model)));
    return channel;
  }

  /** Whether the last messages have reached no kernel, or one that does not answer. */
  get silent(): boolean {
    return this.#quiet;
  }

  /** Call `changed` whenever `silent` changes. Returns a function that stops it. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => {
      this.#watchers.delete(changed);
      if (this.#watchers.size) return;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  /** Send a message, or keep it until it can be sent. */
  post(make: Make): Post {
    const waiting: Waiting = { make, names: null };
    this.#unsent.push(waiting);
    this.#flush();
    return {
      cancel: () => {
        const at = this.#unsent.indexOf(waiting);
        if (at < 0) return false;
        this.#unsent.splice(at, 1);
        return true;
      },
    };
  }

  /** Send the values of traits. Those that wait to be sent are sent once, with their last values. */
  postState(names: string[], make: (names: string[]) => ReturnType<Make>): void {
    const last = this.#unsent.at(-1);
    if (last?.names) {
      for (const name of names) last.names.add(name);
    } else {
      const all = new Set(names);
      this.#unsent.push({ make: () => make([...all]), names: all });
    }
    this.#flush();
  }

  #flush(): void {
    while (this.#unsent.length) {
      const { content, buffers } = this.#unsent[0].make();
      const receipt = [this.#page, this.#sent + 1];
      try {
        this.#model.send({ ...content, receipt }, undefined, buffers);
      } catch (error) {
        if (!this.#quiet) console.warn("The kernel was not reached:", error);
        break;
      }
      this.#unsent.shift();
      this.#sent++;
    }
    this.#update();
  }

  readonly #take = (
    content: { receipt?: [string, number]; type?: string; why?: string } | null,
  ): void => {
    if (content?.type === "refused") console.warn("The kernel refused a message:", content.why);
    const [page, number] = content?.receipt ?? [];
    if (page !== this.#page) return;
    this.#heard = Math.max(this.#heard, number!);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#setSilent(this.#unsent.length > 0);
    this.#flush();
  };

  #update(): void {
    if (this.#unsent.length) {
      this.#setSilent(true);
      this.#lookAgain(RETRY);
    } else if (this.#heard < this.#sent) this.#lookAgain(PATIENCE);
    else this.#setSilent(false);
  }

  #lookAgain(after: number): void {
    // Without a view there is nobody to tell.
    if (this.#timer !== undefined || !this.#watchers.size) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#unsent.length) this.#flush();
      else this.#setSilent(true);
    }, after);
  }

  #setSilent(quiet: boolean): void {
    if (quiet === this.#quiet) return;
    this.#quiet = quiet;
    for (const changed of [...this.#watchers]) changed();
  }
}
