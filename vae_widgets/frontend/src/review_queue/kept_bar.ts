/** A line about marks that are kept in the browser, with buttons for them. */

import { button, element } from "../controls/shell.ts";
import { counted } from "../format/numbers.ts";

export interface KeptBarState {
  /** Number of marks that wait for a kernel that does not answer. */
  waiting: number;
  /** Number of marks of another queue of the same scores. */
  offered: number;
  /** Number of marks that this queue has just restored. */
  taken: number;
  /** Number of kept marks that it could not restore, and why. */
  leftOut: number;
  why: string;
}

export interface KeptBarActions {
  restore(): void;
  remove(): void;
  forgetOffered(): void;
  forgetLeftOut(): void;
  dismiss(): void;
  save(): void;
}

export class KeptBar {
  readonly root = element("div", "vw-kept");
  readonly #text = element("span");
  readonly #buttons: Record<"restore" | "remove" | "forget" | "save" | "ok", HTMLButtonElement>;
  #state: KeptBarState = { waiting: 0, offered: 0, taken: 0, leftOut: 0, why: "" };

  constructor(actions: KeptBarActions) {
    this.root.role = "status";
    this.#buttons = {
      restore: button("Restore", "Add them to this queue", actions.restore),
      remove: button("Remove them", "Remove these marks from the samples", actions.remove),
      save: button("Save marks", "Download all marks saved in this browser as a CSV file for queue.load", actions.save),
      forget: button("Delete", "Delete them from this browser", () =>
        this.#state.leftOut ? actions.forgetLeftOut() : actions.forgetOffered(),
      ),
      ok: button("OK", "Hide this line", actions.dismiss),
    };
    this.root.append(this.#text, ...Object.values(this.#buttons));
  }

  show(state: KeptBarState): void {
    this.#state = state;
    const { waiting, offered, taken, leftOut } = state;
    const words = sentences(state);
    this.root.hidden = !words;
    if (this.#text.textContent !== words) this.#text.textContent = words;
    const { restore, remove, forget, ok } = this.#buttons;
    restore.hidden = !offered;
    remove.hidden = !taken || waiting > 0;
    forget.hidden = !offered && !leftOut;
    ok.hidden = !taken;
  }
}

function sentences({ waiting, offered, taken, leftOut, why }: KeptBarState): string {
  const said = [];
  if (waiting) said.push(`Waiting for the kernel: ${marks(waiting)} in this browser.`);
  if (taken) said.push(`Restored ${marks(taken)} from this browser.`);
  if (leftOut) said.push(`Could not restore ${marks(leftOut)} from this browser: ${why}`);
  if (offered) said.push(`This browser has ${marks(offered)} of another queue of these scores.`);
  return said.join(" ");
}

const marks = (count: number) => counted(count, "mark");
