/**
 * The messages between one widget of the page and the kernel (docs/reference/messages.md,
 * widgets/base/widget.py). The kernel confirms each message of the page.
 *
 * If the kernel cannot be reached, messages wait here in order. The widget shows this, and also that
 * a busy kernel does not answer, or that JupyterLab has disconnected the widget, or that the page is
 * static: it was made without a kernel, and shows the state of the widget.
 */

import type { AnyModel } from "@anywidget/types";
import { Connection } from "./connection.ts";
import { hostOf } from "./front_end_module.ts";
import {
  putBuffers,
  takeBuffers,
  type Fields,
  type Handlers,
  type Kind,
  type LocalAnswer,
  type RequestKind,
} from "./messages.ts";

/** Without a receipt for this time, in ms, the kernel is busy or gone. */
const PATIENCE = 3000;
/** Time between attempts to send waiting messages, in ms. */
const RETRY = 2000;

export interface Post {
  /** The number of the message, which its answer repeats. */
  seq: number;
  /** Whether the page itself answers it, without a message. */
  local: boolean;
  /** Cancel the message. Returns false if it has already been sent or answered. */
  cancel(): boolean;
}

/**
 * Answers a request in the page. Null: it cannot, and the kernel is asked. An error is the `error`
 * of the answer. `signal` is aborted when nobody waits for the answer any more.
 */
export type LocalHandler<K extends RequestKind> = (
  fields: Fields<K>,
  signal: AbortSignal,
) => LocalAnswer<K> | Promise<LocalAnswer<K>> | null;

interface Waiting {
  kind: Kind;
  seq: number;
  /** Makes the fields when the message is sent, so that it holds the latest values. */
  make: () => object;
  /** Names of the traits, for a message of traits. */
  names?: Set<string>;
}

const channels = new WeakMap<object, Channel>();

export class Channel {
  readonly #model: AnyModel<any>;
  readonly #connection: Connection;
  /** Distinguishes answers to this page from answers to another one. */
  readonly #page = Math.random().toString(36).slice(2);
  #seq = 0;
  #sent = 0;
  #received = 0;
  readonly #unsent: Waiting[] = [];
  readonly #handlers = new Set<Handlers>();
  readonly #localHandlers = new Map<Kind, LocalHandler<any>[]>();
  readonly #watchers = new Set<() => void>();
  #stopWatching = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  #silent = false;
  #static = false;

  private constructor(model: AnyModel<any>) {
    this.#model = model;
    this.#connection = new Connection(model);
    model.on?.("msg:custom", this.#take);
  }

  static of(model: AnyModel<any>): Channel {
    let channel = channels.get(model);
    if (!channel) channels.set(model, (channel = new Channel(model)));
    return channel;
  }

  /** Whether the widget has no kernel any more, or never had one. */
  get gone(): boolean {
    return this.#static || this.#connection.gone;
  }

  /** Whether the page is static. That is known once a message has failed, or was not answered. */
  get static(): boolean {
    return this.#static;
  }

  /** Whether the kernel cannot be reached or does not answer. */
  get silent(): boolean {
    return this.#silent || this.gone;
  }

  /** Call `changed` whenever `silent` or `gone` changes. Returns a function that stops it. */
  watch(changed: () => void): () => void {
    if (!this.#watchers.size) this.#stopWatching = this.#connection.watch(this.#tell);
    this.#watchers.add(changed);
    return () => {
      this.#watchers.delete(changed);
      if (this.#watchers.size) return;
      this.#stopWatching();
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  /** Call handlers with the messages for this page. Returns a function that stops it. */
  listen(handlers: Handlers): () => void {
    this.#handlers.add(handlers);
    return () => this.#handlers.delete(handlers);
  }

  /**
   * Let the page itself answer requests of a kind, where it can. The handler that was added last is
   * asked first. Returns a function that stops it.
   */
  answerLocally<K extends RequestKind>(kind: K, handler: LocalHandler<K>): () => void {
    const handlers = this.#localHandlers.get(kind) ?? [];
    this.#localHandlers.set(kind, handlers);
    handlers.unshift(handler);
    return () => handlers.splice(handlers.indexOf(handler), 1);
  }

  /** Send a message, or keep it until it can be sent; or have it answered in the page. */
  post<K extends Kind>(kind: K, fields: Fields<K>): Post {
    const answered = this.#answerHere(kind, fields);
    if (answered) return answered;
    const waiting = this.#queue(kind, () => fields);
    this.#flush();
    return {
      seq: waiting.seq,
      local: false,
      cancel: () => {
        const at = this.#unsent.indexOf(waiting);
        if (at < 0) return false;
        this.#unsent.splice(at, 1);
        return true;
      },
    };
  }

  /** Send the values of traits. Waiting ones are sent once, with their last values. */
  postState(names: string[]): void {
    const last = this.#unsent.at(-1);
    const all = last?.names ?? new Set();
    for (const name of names) all.add(name);
    if (!last?.names) {
      const value = (name: string) => [name, this.#model.get(name)];
      this.#queue("state", () => ({ state: Object.fromEntries([...all].map(value)) })).names = all;
    }
    this.#flush();
  }

  /** Answer a request by a local handler, as if the kernel did; null if none can. */
  #answerHere(kind: Kind, fields: object): Post | null {
    const aborted = new AbortController();
    for (const handler of [...(this.#localHandlers.get(kind) ?? [])]) {
      let made: object | Promise<object> | null;
      try {
        made = handler(fields as Fields<any>, aborted.signal);
      } catch (error) {
        made = Promise.reject(error);
      }
      if (!made) continue;
      const seq = ++this.#seq;
      let pending = true;
      const answer = (content: object) => {
        if (!pending) return;
        pending = false;
        this.#hand({ kind, page: this.#page, seq, error: "", ...content });
      };
      // Later in any case: who asks does not expect the answer before `post` has returned.
      Promise.resolve(made).then(answer, (error) => answer({ error: reasonOf(error) }));
      const cancel = () => {
        const was = pending;
        pending = false;
        aborted.abort();
        return was;
      };
      return { seq, local: true, cancel };
    }
    return null;
  }

  #queue(kind: Kind, make: () => object): Waiting {
    const waiting: Waiting = { kind, seq: ++this.#seq, make };
    this.#unsent.push(waiting);
    return waiting;
  }

  #flush(): void {
    if (this.#static) this.#unsent.length = 0;
    while (this.#unsent.length && !this.gone) {
      const { kind, seq, make } = this.#unsent[0];
      const { content, paths, buffers } = takeBuffers({ kind, page: this.#page, seq, ...make() });
      try {
        const sent: unknown = this.#model.send(paths.length ? { ...content, paths } : content, undefined, buffers);
        // In some hosts a failure comes later. The kernel then does not answer, which is shown.
        if (sent instanceof Promise) sent.catch((error) => console.warn("The kernel was not reached:", error));
      } catch (error) {
        if (!this.#connection.hasModels) return this.#isStatic();
        if (!this.#silent) console.warn("The kernel was not reached:", error);
        break;
      }
      this.#unsent.shift();
      this.#sent = seq;
    }
    this.#update();
  }

  readonly #take = (message: any, buffers: DataView[] = []): void => {
    const { kind, page, seq, paths = [] } = message ?? {};
    if (!kind || (page !== undefined && page !== this.#page)) return;
    if (kind === "received") return this.#receive(seq);
    putBuffers(message, paths, buffers);
    this.#hand(message);
  };

  /** Hand a message over to those who listen. */
  #hand(message: any): void {
    const { kind, error } = message;
    let handled = false;
    for (const handlers of [...this.#handlers]) {
      const handle = handlers[kind as keyof Handlers] as ((message: object) => void) | undefined;
      handle?.(message);
      handled ||= Boolean(handle);
    }
    if (error && !handled) console.warn("The kernel refused a message:", error);
  }

  #receive(seq: number): void {
    this.#received = Math.max(this.#received, seq);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#static = false;
    this.#setSilent(this.#unsent.length > 0);
    this.#flush();
  }

  #update(): void {
    if (this.#unsent.length) {
      this.#setSilent(true);
      this.#lookAgain(RETRY);
    } else if (this.#received < this.#sent) this.#lookAgain(PATIENCE);
    else this.#setSilent(false);
  }

  #lookAgain(after: number): void {
    // Without a view there is nothing to show, and without a comm nothing to wait for.
    if (this.#timer !== undefined || !this.#watchers.size || this.gone) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#unsent.length) this.#flush();
      else if (!this.#received && !this.#connection.hasModels && !hostOf(this.#model)) this.#isStatic();
      else this.#setSilent(true);
    }, after);
  }

  #isStatic(): void {
    this.#static = true;
    this.#unsent.length = 0; // nobody will ever take them
    this.#tell();
  }

  #setSilent(silent: boolean): void {
    if (silent === this.#silent) return;
    this.#silent = silent;
    this.#tell();
  }

  readonly #tell = (): void => {
    for (const changed of [...this.#watchers]) changed();
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
