/**
 * Requests of one kind to a kernel that may be slow. At most one is pending and the newest one waits;
 * those in between are dropped, and so is an answer after a newer request. A request that the page
 * itself answers gives way to a newer one at once.
 */

import type { AnyModel } from "@anywidget/types";
import { Channel, type Post } from "./channel.ts";
import type { Answer, Fields, Handlers, RequestKind } from "./messages.ts";

// After this time, in ms, the page says that the kernel is busy or gone, and sends the next request.
export const PATIENCE = 5000;

export const LATE = "No answer from the kernel for 5 s: is it busy or gone?";

/** Says that an answer is late. What it returns takes that back, once an answer has come. */
export type Overdue = () => (() => void) | void;

export class LatestRequest<K extends RequestKind> {
  readonly #channel: Channel;
  readonly #kind: K;
  readonly #answered: (answer: Answer<K>, fields: Fields<K>) => void;
  readonly #overdue: Overdue;
  readonly #patience: number;
  readonly #stopListening: () => void;
  /** The last request, until it is answered. */
  #last: { post: Post; fields: Fields<K> } | null = null;
  #underWay = false;
  #waiting: Fields<K> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #takeBack: (() => void) | void = undefined;

  /** While `answered` runs, `busy` is true if a newer request is pending. */
  constructor(
    model: AnyModel<any>,
    kind: K,
    answered: (answer: Answer<K>, fields: Fields<K>) => void,
    overdue: Overdue = () => {},
    patience = PATIENCE,
  ) {
    this.#channel = Channel.of(model);
    this.#kind = kind;
    this.#answered = answered;
    this.#overdue = overdue;
    this.#patience = patience;
    this.#stopListening = this.#channel.listen({ [kind]: this.#take } as Handlers);
  }

  /** Whether an answer is pending. */
  get busy(): boolean {
    return this.#underWay || this.#waiting !== null;
  }

  send(fields: Fields<K>): void {
    if (this.#underWay && !this.#last?.post.local) this.#waiting = fields;
    else this.#go(fields);
  }

  /** Drop the pending answer. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#last?.post.cancel();
    this.#last = this.#waiting = null;
    this.#underWay = false;
  }

  close(): void {
    clearTimeout(this.#timer);
    if (this.#last?.post.local) this.#last.post.cancel();
    this.#waiting = null;
    this.#stopListening();
  }

  readonly #take = (answer: Answer<K>): void => {
    if (!this.#last || answer.seq !== this.#last.post.seq) return;
    const { fields } = this.#last;
    clearTimeout(this.#timer);
    this.#last = null;
    this.#underWay = false;
    this.#takeBack?.();
    this.#takeBack = undefined;
    if (this.#waiting) this.#go(this.#waiting);
    this.#answered(answer, fields);
  };

  #go(fields: Fields<K>): void {
    this.#last?.post.cancel(); // an answer of the page, or a message that has not been sent
    this.#waiting = null;
    this.#underWay = true;
    clearTimeout(this.#timer);
    const post = this.#channel.post(this.#kind, fields);
    this.#last = { post, fields };
    if (post.local) return; // no kernel to wait for
    this.#timer = setTimeout(() => {
      this.#underWay = false;
      // A static page says so by itself.
      const takeBack = this.#channel.static ? undefined : this.#overdue();
      this.#takeBack ??= takeBack; // the first one restores what was shown before both
      if (this.#waiting) this.#go(this.#waiting);
    }, this.#patience);
  }
}
