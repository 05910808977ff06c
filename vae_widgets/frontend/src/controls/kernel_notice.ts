/** A line in a widget that is shown while the kernel does not answer, or is gone. */

import type { AnyModel } from "@anywidget/types";
import { Channel } from "../kernel/channel.ts";

const SILENT =
  "The kernel does not answer: it is busy or gone. This page keeps your changes and sends them when " +
  "the kernel answers.";

const DISCONNECTED = "Disconnected: run the cell again.";
const NO_KERNEL = "This page has no kernel: what Python computes stays as it was saved.";

export class KernelNotice {
  readonly root = document.createElement("div");
  readonly #channel: Channel;
  readonly #stop: () => void;
  readonly #listeners = new Set<() => void>();
  /** What else still works is known once the widgets around this one are in the page. */
  readonly #seen = new ResizeObserver(() => this.#show());

  /** `works` names what the widget does without a kernel, such as "hovering, zooming". */
  constructor(model: AnyModel<any>, works = "") {
    this.root.className = "vw-notice";
    this.root.role = "alert";
    this.root.dataset.works = works;
    this.#channel = Channel.of(model);
    this.#stop = this.#channel.watch(() => this.#changed());
    this.#seen.observe(this.root);
    this.#show();
  }

  get silent(): boolean {
    return this.#channel.silent;
  }

  /** Whether no kernel will answer: the cell must be run again. */
  get gone(): boolean {
    return this.#channel.gone;
  }

  /** Call `changed` when the kernel stops answering, and when it answers again. */
  watch(changed: () => void): void {
    this.#listeners.add(changed);
  }

  close(): void {
    this.#listeners.clear();
    this.#seen.disconnect();
    this.#stop();
  }

  #changed(): void {
    this.#show();
    for (const changed of this.#listeners) changed();
  }

  #show(): void {
    const { gone, silent, static: isStatic } = this.#channel;
    this.root.classList.toggle("vw-gone", gone);
    const why = isStatic ? NO_KERNEL : DISCONNECTED;
    const text = gone ? withWhatWorks(why, this.root) : silent ? SILENT : "";
    if (this.root.textContent !== text) this.root.textContent = text;
  }
}

/** The line for all parts of a widget; of its parts, only the first one shows it (shell.css). */
function withWhatWorks(why: string, notice: HTMLElement): string {
  let whole: Element | null = null;
  for (let at: Element | null = notice; at; at = at.parentElement) {
    if (at.classList.contains("vw-composite")) whole = at;
  }
  const notices = whole ? [...whole.querySelectorAll<HTMLElement>(".vw-notice")] : [notice];
  const works = new Set(notices.map(({ dataset }) => dataset.works).filter(Boolean));
  const still = works.size ? ` Still working: ${[...works].join(", ")}.` : "";
  return `${why}${still}`;
}
