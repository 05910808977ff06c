/** Stand-ins for the models of widgets, in a page without a kernel. */

import type { AnyModel } from "@anywidget/types";
import { putBuffers, type Path } from "../kernel/messages.ts";
import type { CarriedModel } from "./data.ts";

/** Answers a message with fields, or throws what becomes the `error` of the answer. */
type Handler = (message: PageMessage) => object | void | Promise<object | void>;
type Listener = (...args: any[]) => void;
type State = Record<string, any>;

/** A message of the page, with its buffers in place. */
export interface PageMessage {
  kind: string;
  page: string;
  seq: number;
  [field: string]: any;
}

const NEEDS_PYTHON = "This needs Python: the page works without a kernel.";

export class PageModel {
  readonly id: string;
  readonly kinds: string[];
  readonly layout: Record<string, string>;
  readonly module: number;
  /** What the page needs beside the traits; null if it is damaged. */
  own: State | null = null;
  readonly widget_manager: { get_model(id: string): Promise<any> };
  readonly #values: State = {};
  readonly #committed: State = {};
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #handlers = new Map<string, Handler>();

  constructor(id: string, carried: CarriedModel, models: Map<string, PageModel>) {
    this.id = id;
    this.kinds = carried.kinds;
    this.layout = carried.layout;
    this.module = carried.module;
    this.widget_manager = {
      get_model: async (ref: string) => {
        const found = models.get(ref.replace("IPY_MODEL_", ""));
        if (!found) throw new Error(`there is no model ${ref} in this page`);
        return found;
      },
    };
  }

  /** Set what Python had when it saved the page. */
  begin(state: State, own: State): void {
    Object.assign(this.#values, state, { layout: { comm_live: true } });
    Object.assign(this.#committed, state);
    this.own = own;
  }

  /** As the `AnyModel` that a module of the front end takes. */
  get view(): AnyModel<any> {
    return this as unknown as AnyModel<any>;
  }

  // -- what the modules of the widgets call ------------------------------------------------------

  get(name: string): any {
    return this.#values[name];
  }

  set(name: string, value: unknown): void {
    if (this.#values[name] === value) return;
    this.#values[name] = value;
    this.trigger(`change:${name}`);
  }

  set_state(state: State): void {
    for (const [name, value] of Object.entries(state)) this.set(name, value);
  }

  on(event: string, listen: Listener): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listen));
  }

  off(event: string, listen: Listener): void {
    this.#listeners.get(event)?.delete(listen);
  }

  save_changes(): void {
    this.#took(Object.keys(this.#values));
  }

  send(content: any, _callbacks?: unknown, buffers: ArrayBuffer[] = []): void {
    const { paths = [], ...message } = content as PageMessage & { paths?: Path[] };
    putBuffers(message, paths, buffers.map((buffer) => new DataView(buffer)));
    // Later, as from a kernel: the sender goes on first.
    queueMicrotask(() => {
      const { page, seq } = message as PageMessage;
      this.post("received", { page, seq });
      if (message.kind === "state") this.#took(Object.keys(message.state));
      else void this.#answer(message as PageMessage);
    });
  }

  async #answer(message: PageMessage): Promise<void> {
    const { kind, page, seq } = message;
    const handler = this.#handlers.get(kind);
    try {
      const fields = handler ? await handler(message) : { error: NEEDS_PYTHON };
      if (fields) this.post(kind, { page, seq, error: "", ...fields });
    } catch (error) {
      this.post(kind, { page, seq, error: error instanceof Error ? error.message : String(error) });
    }
  }

  // -- what the kernel of the page calls ---------------------------------------------------------

  /** Answer messages of a kind. */
  handle(kind: string, handler: Handler): void {
    this.#handlers.set(kind, handler);
  }

  /** Send a message to the views. */
  post(kind: string, fields: State): void {
    this.trigger("msg:custom", { kind, ...fields }, []);
  }

  /** Set traits as Python does: views and observers follow. */
  commit(values: State): void {
    this.set_state(values);
    this.#took(Object.keys(values));
  }

  /** Call a function when a trait is committed: by the page at the end of a gesture, or by `commit`. */
  observe(name: string, observer: (value: any) => void): void {
    this.on(`commit:${name}`, observer);
  }

  #took(names: string[]): void {
    const changed = names.filter((name) => !same(this.#committed[name], this.#values[name]));
    for (const name of changed) this.#committed[name] = this.#values[name];
    for (const name of changed) this.trigger(`commit:${name}`, this.#values[name]);
  }

  trigger(event: string, ...args: unknown[]): void {
    for (const listen of [...(this.#listeners.get(event) ?? [])]) listen(...args);
  }
}

/** Whether two values of a trait are equal, also their bytes. */
export function same(a: any, b: any): boolean {
  if (a === b) return true;
  if (a instanceof DataView && b instanceof DataView) {
    if (a.byteLength !== b.byteLength) return false;
    for (let i = 0; i < a.byteLength; i++) if (a.getUint8(i) !== b.getUint8(i)) return false;
    return true;
  }
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return Number.isNaN(a) && Number.isNaN(b);
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}
