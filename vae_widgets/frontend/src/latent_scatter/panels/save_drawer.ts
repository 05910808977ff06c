/** The drawer "Save": bookmarks, an attribute from two groups of samples, the view as Python code. */

import { onKey } from "../../controls/keys.ts";
import { button, element } from "../../controls/shell.ts";
import { drawerRow, drawerSlider } from "./drawer.ts";
import { counted, minus } from "../../format/numbers.ts";

const REACH = 2;
/** The groups of samples whose mean codes give the direction, with tooltips. */
const GROUPS = [
  ["Towards A", "Move towards the mean code of the selected samples (group_a in Python)"],
  ["Away from B", "Move away from the mean code of the selected samples (group_b in Python)"],
];

export interface SaveState {
  bookmarks: string[];
  anyPicked: boolean;
  anySelected: boolean;
  /** Sizes of the groups. */
  groups: [number, number];
  hasAttribute: boolean;
  /** How far the picked vector was moved along the attribute. */
  along: number;
}

export interface SaveActions {
  bookmark(name: string): void;
  remove(name: string): void;
  go(name: string): void;
  /** Make the selection one of the groups. */
  group(which: 0 | 1): void;
  along(value: number): void;
  copy(): void;
}

export class SaveDrawer {
  readonly root = element("div", "vw-dims vw-save");
  readonly #actions: SaveActions;
  readonly #name = element("input", "vw-input");
  readonly #add: HTMLButtonElement;
  readonly #question = element("span", "vw-save-question");
  readonly #asked = element("span");
  readonly #marks = element("span", "vw-save-marks");
  readonly #groups: HTMLButtonElement[];
  readonly #slider: HTMLInputElement;
  readonly #value = element("span", "vw-dims-value");
  #shown: string[] = [];

  constructor(actions: SaveActions) {
    this.#actions = actions;
    const name = this.#name;
    const range = { min: -REACH, max: REACH, step: 0.05 };
    const hint = "Move what is picked by this many times the difference between the mean codes of A and B";
    this.#slider = drawerSlider("Move what is picked towards A, away from B", hint, range, (along) => {
      this.#label(along);
      actions.along(along);
    });
    name.placeholder = "Name";
    name.ariaLabel = "Name of the bookmark";
    const save = () => {
      actions.bookmark(name.value.trim());
      name.value = "";
      this.#askToReplace(false);
      name.focus();
    };
    const add = () => {
      const text = name.value.trim();
      if (!text || this.#add.disabled) return;
      if (this.#shown.includes(text)) this.#askToReplace(true);
      else save();
    };
    const keep = () => {
      this.#askToReplace(false);
      name.select();
    };
    this.#question.role = "alert";
    this.#question.append(
      this.#asked,
      button("Replace", "Save what is picked in place of the bookmark of this name", save),
      button("Keep", "Keep the bookmark, and choose another name (Esc)", keep),
    );
    onKey(this.#question, (key) => {
      if (key !== "Escape") return false;
      keep();
      return true;
    });
    this.#askToReplace(false);
    name.addEventListener("input", () => this.#askToReplace(false));
    onKey(name, (key) => {
      if (key !== "Enter") return false;
      add();
      return true;
    });
    this.#add = button("Bookmark", "Save what is picked under this name (Enter)", add);
    this.#groups = GROUPS.map(([_, hint], i) => button("", hint, () => actions.group(i as 0 | 1)));
    const copy = button("Copy as Python", "Copy code that shows this view again", actions.copy);
    const along = element("span", "vw-save-along");
    along.append(this.#slider, this.#value);
    this.root.append(
      drawerRow("Bookmarks", name, this.#add, this.#question, this.#marks),
      drawerRow("Move what is picked", ...this.#groups, along),
      drawerRow("This view", copy),
    );
  }

  show(state: SaveState): void {
    this.#add.disabled = !state.anyPicked;
    if (state.bookmarks.join("\n") !== this.#shown.join("\n")) this.#build(state.bookmarks);
    this.#groups.forEach((made, i) => {
      const count = state.groups[i];
      made.textContent = `${GROUPS[i][0]}: ${count ? counted(count, "sample") : "use the selection"}`;
      made.disabled = !state.anySelected;
    });
    this.#slider.disabled = !state.hasAttribute || !state.anyPicked;
    this.#slider.valueAsNumber = state.along;
    this.#label(state.along);
  }

  #askToReplace(asked: boolean): void {
    this.#question.hidden = !asked;
    this.#asked.textContent = asked ? `${this.#name.value.trim()} is a bookmark already.` : "";
    if (asked) this.#question.querySelector("button")!.focus();
  }

  #label(along: number): void {
    this.#value.textContent = `${minus(along.toFixed(2))} × (A − B)`;
  }

  #build(names: string[]): void {
    this.#shown = names;
    this.#marks.replaceChildren(
      ...names.map((name) => {
        const group = element("span", "vw-group");
        const go = button(name, `Pick the bookmark ${name}`, () => this.#actions.go(name));
        const remove = button("×", `Remove the bookmark ${name}`, () => this.#actions.remove(name));
        remove.ariaLabel = `Remove ${name}`;
        group.append(go, remove);
        return group;
      }),
    );
  }
}

/** Put text on the clipboard, also on a page without a secure context. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = element("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    if (!copied) throw new Error("the browser refused");
  }
}
