/**
 * Traits set in the page that outlive their kernel. The browser keeps them under the data that they
 * belong to (`_origin`). The next widget of the same data gets what no kernel has received, and is
 * offered what an ended kernel had.
 */

import type { AnyModel } from "@anywidget/types";
import { recall, remember } from "./browser_store.ts";
import { Channel } from "../kernel/channel.ts";
import { decode, encode, goodValues, type KeptValue, type Descriptions } from "./kept_values.ts";
import { button, element } from "../controls/shell.ts";
import { setAndPush, onPushed } from "../kernel/sync.ts";

export interface Origin {
  data: string;
  kernel: string;
}

export class KeptState {
  readonly root = element("div", "vw-kept");
  readonly #model: AnyModel<any>;
  readonly #descriptions: Descriptions;
  readonly #origin: Origin;
  readonly #name: string;
  readonly #text = element("span");
  readonly #stops: (() => void)[];

  constructor(model: AnyModel<any>, kind: string, descriptions: Descriptions) {
    this.#model = model;
    this.#descriptions = descriptions;
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
      button("Restore", "Show them here again", () => this.#restore(this.#lost())),
      button("Delete", "Delete them from this browser", () => this.forget()),
    );
    const own = this.#lost().filter((name) => !this.#store()[name].heard);
    if (own.length) this.#restore(own);
    else this.#show();
  }

  /** Delete what is kept. */
  forget(): void {
    remember(this.#name, null);
    this.#show();
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #store(): Record<string, KeptValue> {
    return goodValues(recall(this.#name), this.#descriptions);
  }

  #save(names: string[], heard: boolean): void {
    const kept = names.filter((name) => Object.hasOwn(this.#descriptions, name));
    if (!kept.length) return;
    const store = this.#store();
    for (const name of kept) {
      store[name] = { value: encode(this.#model.get(name)), kernel: this.#origin.kernel, heard };
    }
    remember(this.#name, store);
    this.#show();
  }

  /** Traits of this kernel that it has not received. */
  #unheard(): string[] {
    const { kernel } = this.#origin;
    return Object.entries(this.#store()).filter(([, k]) => k.kernel === kernel && !k.heard).map(([name]) => name);
  }

  /** Traits with a value from another kernel that differs from the one shown. */
  #lost(): string[] {
    const store = this.#store();
    return Object.keys(store).filter((name) => {
      const { value, kernel } = store[name];
      const now = JSON.stringify(encode(this.#model.get(name)));
      return kernel !== this.#origin.kernel && JSON.stringify(value) !== now && this.#descriptions[name](decode(value));
    });
  }

  #restore(names: string[]): void {
    const store = this.#store();
    setAndPush(this.#model, Object.fromEntries(names.map((name) => [name, decode(store[name].value)])));
    this.#show();
  }

  #show(): void {
    const store = this.#store();
    const lost = this.#lost().map((name) => this.#descriptions[name](decode(store[name].value)));
    this.root.hidden = !lost.length;
    this.#text.textContent = `Saved in this browser before the kernel ended: ${lost.join(", ")}.`;
  }
}
