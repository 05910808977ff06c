/**
 * Traits set in the page that outlive their kernel: kept in the browser by the data that they are
 * about (`_origin`). What no kernel has heard of is handed to the next widget of the same data;
 * what an ended kernel had is offered to it.
 */

import type { AnyModel } from "@anywidget/types";
import { recall, remember } from "./browser_store.ts";
import { Channel } from "../kernel/channel.ts";
import { decode, encode, goodValues, type Kept, type Words } from "./kept_values.ts";
import { button, element } from "../controls/shell.ts";
import { setAndPush, onPushed } from "../kernel/sync.ts";

export interface Origin {
  data: string;
  kernel: string;
}

export class KeptState {
  readonly root = element("div", "vw-kept");
  readonly #model: AnyModel<any>;
  readonly #words: Words;
  readonly #origin: Origin;
  readonly #name: string;
  readonly #text = element("span");
  readonly #stops: (() => void)[];

  constructor(model: AnyModel<any>, kind: string, words: Words) {
    this.#model = model;
    this.#words = words;
    this.#origin = model.get("_origin");
    this.#name = `${kind}:${this.#origin.data}`;
    const channel = Channel.of(model);
    this.#stops = [
      onPushed(model, (names) => this.#save(names, !channel.silent)),
      channel.watch(() => this.#save(this.#unheard(), !channel.silent)),
    ];
    this.root.role = "status";
    this.root.append(
      this.#text,
      button("Take up", "Show them here again", () => this.#takeUp(this.#lost())),
      button("Forget", "Remove them from this browser", () => this.forget()),
    );
    const own = this.#lost().filter((name) => !this.#store()[name].heard);
    if (own.length) this.#takeUp(own);
    else this.#show();
  }

  /** What is kept counts no more. */
  forget(): void {
    remember(this.#name, null);
    this.#show();
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #store(): Record<string, Kept> {
    return goodValues(recall(this.#name), this.#words);
  }

  #save(names: string[], heard: boolean): void {
    const kept = names.filter((name) => Object.hasOwn(this.#words, name));
    if (!kept.length) return;
    const store = this.#store();
    for (const name of kept) {
      store[name] = { value: encode(this.#model.get(name)), kernel: this.#origin.kernel, heard };
    }
    remember(this.#name, store);
    this.#show();
  }

  /** Of this kernel, and not heard by it. */
  #unheard(): string[] {
    const { kernel } = this.#origin;
    return Object.entries(this.#store()).filter(([, k]) => k.kernel === kernel && !k.heard).map(([name]) => name);
  }

  /** Traits whose kept value is of another kernel and not the one shown. */
  #lost(): string[] {
    const store = this.#store();
    return Object.keys(store).filter((name) => {
      const { value, kernel } = store[name];
      const now = JSON.stringify(encode(this.#model.get(name)));
      return kernel !== this.#origin.kernel && JSON.stringify(value) !== now && this.#words[name](decode(value));
    });
  }

  #takeUp(names: string[]): void {
    const store = this.#store();
    setAndPush(this.#model, Object.fromEntries(names.map((name) => [name, decode(store[name].value)])));
    this.#show();
  }

  #show(): void {
    const store = this.#store();
    const lost = this.#lost().map((name) => this.#words[name](decode(store[name].value)));
    this.root.hidden = !lost.length;
    this.#text.textContent = `Kept in this browser from before the kernel ended: ${lost.join(", ")}.`;
  }
}
