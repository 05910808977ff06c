/** A line in a widget that is shown while the kernel does not answer. */

import type { AnyModel } from "@anywidget/types";
import { Channel } from "../kernel/channel.ts";

const SILENT =
  "The kernel does not answer: it is busy or gone. This page keeps your changes and sends them when " +
  "the kernel answers.";

export class KernelNotice {
  readonly root = document.createElement("div");
  readonly #channel: Channel;
  readonly #stop: () => void;
  readonly #listeners = new Set<() => void>();

  constructor(model: AnyModel<any>) {
    this.root.className = "vw-notice";
    this.root.role = "alert";
    this.#channel = Channel.of(model);
    this.#stop = this.#channel.watch(() => this.#show());
    this.#show();
  }

  get silent(): boolean {
    return this.#channel.silent;
  }

  /** Call `changed` when the kernel stops answering, and when it answers again. */
  watch(changed: () => void): void {
    this.#listeners.add(changed);
  }

  close(): void {
    this.#listeners.clear();
    this.#stop();
  }

  #show(): void {
    const text = this.silent ? SILENT : "";
    if (this.root.textContent !== text) this.root.textContent = text;
    for (const changed of this.#listeners) changed();
  }
}
