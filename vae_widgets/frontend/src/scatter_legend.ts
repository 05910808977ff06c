/** Beside a scatter: what its colours mean. Classes are buttons that hide and show their points. */

import { categoryColour, quantityColour } from "./palette.ts";
import type { Quantity } from "./scatter_colours.ts";
import { element } from "./shell.ts";
import { whole } from "./ticks.ts";
import { formatNumber } from "./numbers.ts";

export interface LegendState {
  names: string[];
  counts: number[];
  hidden: number[];
  /** Set where a quantity, not the class, colours the points. */
  quantity: Quantity | null;
  /** False where the classes do not colour the points. */
  coloured: boolean;
}

export class Legend {
  readonly root = element("div", "vw-legend");
  private readonly bar = colourBar();
  private readonly classes = element("div", "vw-legend-classes");
  private buttons: HTMLButtonElement[] = [];
  private state: LegendState | null = null;
  private readonly changed: (hidden: number[]) => void;

  constructor(changed: (hidden: number[]) => void) {
    this.changed = changed;
    this.classes.setAttribute("role", "group");
    this.classes.setAttribute("aria-label", "Classes: press to hide or show, Shift+press for one");
    this.root.append(this.bar.root, this.classes);
  }

  show(state: LegendState): void {
    if (this.state?.names.join("\n") !== state.names.join("\n")) this.build(state.names);
    this.state = state;
    this.bar.root.hidden = !state.quantity;
    if (state.quantity) this.bar.show(state.quantity);
    this.buttons.forEach((made, i) => {
      made.setAttribute("aria-pressed", String(!state.hidden.includes(i)));
      const swatch = made.querySelector<HTMLElement>(".vw-swatch")!;
      swatch.style.background = state.coloured ? categoryColour(i) : "";
      made.querySelector(".vw-legend-count")!.textContent = whole(state.counts[i]);
    });
  }

  private build(names: string[]): void {
    this.buttons = names.map((name, i) => {
      const made = element("button", "vw-legend-class");
      made.type = "button";
      made.title = `${name}: click hides or shows, Shift-click or double-click shows only this`;
      const text = element("span", "vw-legend-name");
      text.textContent = name;
      made.append(element("span", "vw-swatch"), text, element("span", "vw-legend-count"));
      made.addEventListener("click", (event) =>
        event.shiftKey || event.altKey ? this.only(i) : this.toggle(i),
      );
      made.addEventListener("dblclick", () => this.only(i));
      return made;
    });
    this.classes.replaceChildren(...this.buttons);
  }

  private toggle(i: number): void {
    const { hidden } = this.state!;
    this.changed(hidden.includes(i) ? hidden.filter((other) => other !== i) : [...hidden, i]);
  }

  /** Only this class; once more shows all again. */
  private only(i: number): void {
    const { names, hidden } = this.state!;
    const others = names.map((_, other) => other).filter((other) => other !== i);
    const already = !hidden.includes(i) && others.every((other) => hidden.includes(other));
    this.changed(already ? [] : others);
  }
}

function colourBar() {
  const root = element("div", "vw-colour-bar");
  const name = element("div", "vw-legend-name");
  const ramp = element("div", "vw-colour-ramp");
  const ends = element("div", "vw-colour-ends");
  const low = element("span", "");
  const high = element("span", "");
  ends.append(low, high);
  root.append(name, ramp, ends);
  const steps = Array.from({ length: 17 }, (_, i) => quantityColour(i / 16));
  ramp.style.background = `linear-gradient(to right, ${steps.join(", ")})`;
  const show = (quantity: Quantity) => {
    name.textContent = quantity.name;
    const span = quantity.high - quantity.low;
    low.textContent = formatNumber(quantity.low, span);
    high.textContent = formatNumber(quantity.high, span);
  };
  return { root, show };
}
