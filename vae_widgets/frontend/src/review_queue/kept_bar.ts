/** Marks that are kept in the browser: a line that says so, and what can be done with them. */

import { button, element } from "../controls/shell.ts";
import { whole } from "../format/numbers.ts";

export interface KeptState {
  /** Marks that wait for a kernel which does not answer. */
  waiting: number;
  /** Marks of another queue of the same scores. */
  offered: number;
  /** Marks that this queue has just taken up. */
  taken: number;
  /** Kept marks that it could not take up, and why. */
  leftOut: number;
  why: string;
}

export interface KeptActions {
  takeUp(): void;
  takeAway(): void;
  forgetOffered(): void;
  forgetLeftOut(): void;
  dismiss(): void;
  save(): void;
}

export class KeptBar {
  readonly root = element("div", "vw-kept");
  readonly #text = element("span");
  readonly #buttons: Record<"take" | "away" | "forget" | "save" | "ok", HTMLButtonElement>;
  #state: KeptState = { waiting: 0, offered: 0, taken: 0, leftOut: 0, why: "" };

  constructor(actions: KeptActions) {
    this.root.role = "status";
    this.#buttons = {
      take: button("Take up", "Add them to this queue", actions.takeUp),
      away: button("Remove them", "Take these marks away from the samples", actions.takeAway),
      save: button("Save marks", "Download all marks kept in this browser as a CSV file for queue.load", actions.save),
      forget: button("Forget", "Remove them from this browser", () =>
        this.#state.leftOut ? actions.forgetLeftOut() : actions.forgetOffered(),
      ),
      ok: button("OK", "Hide this line", actions.dismiss),
    };
    this.root.append(this.#text, ...Object.values(this.#buttons));
  }

  show(state: KeptState): void {
    this.#state = state;
    const { waiting, offered, taken, leftOut } = state;
    const words = sentences(state);
    this.root.hidden = !words;
    if (this.#text.textContent !== words) this.#text.textContent = words;
    const { take, away, forget, ok } = this.#buttons;
    take.hidden = !offered;
    away.hidden = !taken || waiting > 0;
    forget.hidden = !offered && !leftOut;
    ok.hidden = !taken;
  }
}

function sentences({ waiting, offered, taken, leftOut, why }: KeptState): string {
  const said = [];
  if (waiting) said.push(`${marks(waiting)} in this browser wait for the kernel.`);
  if (taken) said.push(`${marks(taken)} kept in this browser were taken up again.`);
  if (leftOut) said.push(`${marks(leftOut)} kept in this browser were not taken up: ${why}`);
  if (offered) said.push(`${marks(offered)} of another queue of these scores are kept in this browser.`);
  return said.join(" ");
}

function marks(count: number): string {
  return `${whole(count)} mark${count === 1 ? "" : "s"}`;
}

/** Hand a text to the user as a file. */
export function download(text: string, name: string, type: string): void {
  const link = element("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
