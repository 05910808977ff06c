/** Panels of which one is seen, chosen by tabs (the pattern "Tabs" of WAI-ARIA). */

import { onKey } from "../../controls/keys.ts";
import { element } from "../../controls/shell.ts";

export interface Tab {
  name: string;
  hint: string;
  panel: HTMLElement;
}

export class Tabs {
  readonly root = element("section", "vw-play-panels");
  readonly #tabs: Tab[];
  readonly #buttons: HTMLButtonElement[];
  readonly #chosen: (name: string) => void;
  #name: string;

  constructor(label: string, tabs: Tab[], chosen: (name: string) => void) {
    this.#tabs = tabs;
    this.#chosen = chosen;
    this.#name = tabs[0].name;
    const list = element("div", "vw-play-tabs");
    list.role = "tablist";
    list.ariaLabel = label;
    this.#buttons = tabs.map(({ name, hint, panel }, i) => {
      const button = element("button", "vw-play-tab", name);
      button.type = "button";
      button.role = "tab";
      button.title = hint;
      button.id = `vw-play-tab-${i}`;
      panel.role = "tabpanel";
      panel.setAttribute("aria-labelledby", button.id);
      button.addEventListener("click", () => this.choose(name));
      onKey(button, (key) => {
        const to = { ArrowLeft: i - 1, ArrowRight: i + 1, Home: 0, End: -1 }[key];
        if (to === undefined) return false;
        const next = to % tabs.length;
        this.choose(tabs.at(next)!.name);
        this.#buttons.at(next)!.focus();
        return true;
      });
      return button;
    });
    list.append(...this.#buttons);
    this.root.append(list, ...tabs.map(({ panel }) => panel));
    this.#show();
  }

  get name(): string {
    return this.#name;
  }

  choose(name: string): void {
    this.#name = name;
    this.#show();
    this.#chosen(name);
  }

  #show(): void {
    this.#tabs.forEach(({ name, panel }, i) => {
      const isChosen = name === this.#name;
      panel.hidden = !isChosen;
      this.#buttons[i].ariaSelected = String(isChosen);
      this.#buttons[i].tabIndex = isChosen ? 0 : -1;
    });
  }
}
