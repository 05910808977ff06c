/** Whether the kernel of a widget is still there, by what the front end knows without a message. */

import type { AnyModel } from "@anywidget/types";

interface Signal {
  connect(slot: () => void): void;
  disconnect(slot: () => void): void;
}

/** The connection to a kernel in JupyterLab (`IKernelConnection`). */
interface Kernel {
  /** True once the kernel has been shut down. */
  isDisposed: boolean;
  disposed: Signal;
  /** "dead" for a process that has ended by itself. */
  status: string;
  statusChanged: Signal;
}

/** The model of the widget's layout, which says what anywidget does not: whether there is a comm. */
interface LayoutModel {
  comm_live?: boolean;
  on?(event: string, listen: () => void): void;
  off?(event: string, listen: () => void): void;
  widget_manager?: { kernel?: Kernel | null };
}

export class Connection {
  readonly #layout: LayoutModel | undefined;
  /** The kernel when the widget came into the page. Another one does not know the widget. */
  readonly #kernel: Partial<Kernel> | null | undefined;

  constructor(model: AnyModel<any>) {
    this.#layout = model.get?.("layout"); // some tests have a model without state
    this.#kernel = this.#layout?.widget_manager?.kernel;
  }

  /**
   * Whether the host makes models of all widgets, as Jupyter does. Where it does not, a message that
   * fails means that there is no kernel: the page is static, as those of MyST.
   */
  get hasModels(): boolean {
    return typeof this.#layout === "object" && this.#layout !== null;
  }

  /**
   * Whether the widget has no kernel any more: it was restarted or shut down, or the notebook was
   * opened again with the state of its widgets.
   */
  get gone(): boolean {
    const { isDisposed, status } = this.#kernel ?? {};
    return this.#layout?.comm_live === false || isDisposed === true || status === "dead";
  }

  /** Call `changed` when `gone` has changed. Returns a function that stops it. */
  watch(changed: () => void): () => void {
    let before = this.gone;
    // A kernel is busy and idle many times a second.
    const look = () => {
      if (this.gone === before) return;
      before = this.gone;
      changed();
    };
    const signals = [this.#kernel?.disposed, this.#kernel?.statusChanged];
    this.#layout?.on?.("comm_live_update", look);
    for (const signal of signals) signal?.connect(look);
    return () => {
      this.#layout?.off?.("comm_live_update", look);
      for (const signal of signals) signal?.disconnect(look);
    };
  }
}
