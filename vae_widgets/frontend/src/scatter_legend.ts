/** Beside a scatter: what its colours mean. Groups are buttons that hide and show their points. */

import { categoryColour, quantityColour } from "./palette.ts";
import { NumberField } from "./number_field.ts";
import { formatNumber } from "./numbers.ts";
import { SIDES, type Quantity } from "./scatter_colours.ts";
import { element } from "./shell.ts";
import { whole } from "./ticks.ts";

export interface LegendState {
  names: string[];
  counts: number[];
  /** Classes, and sides of the threshold, that are hidden. */
  hidden: number[];
  hiddenSides: number[];
  /** Set where a quantity, not the class, colours the points. */
  quantity: Quantity | null;
  /** False where the classes do not colour the points. */
  coloured: boolean;
}

export interface LegendActions {
  hide(classes: number[]): void;
  hideSides(sides: number[]): void;
  /** null: no threshold. */
  threshold(value: number | null): void;
}

export class Legend {
  readonly root = element("div", "vw-scatter-legend");
  private readonly bar = element("div", "vw-colour-bar");
  private readonly name = element("div", "vw-legend-name");
  private readonly ramp = colourRamp();
  private readonly sides: Switches;
  private readonly threshold: NumberField;
  private readonly classes: Switches;

  constructor(actions: LegendActions) {
    this.sides = new Switches("Sides of the threshold", actions.hideSides);
    this.classes = new Switches("Classes", actions.hide);
    const hint = "Two colours: below, and at or above it. Empty: all colours";
    this.threshold = new NumberField("Threshold", "Threshold of the colours", hint, "", (value) =>
      actions.threshold(Number.isNaN(value) ? null : value),
    );
    this.threshold.input.step = "any";
    this.bar.append(this.name, this.ramp.root, this.sides.root, this.threshold.root);
    this.root.append(this.bar, this.classes.root);
  }

  show(state: LegendState): void {
    const { quantity, names, counts, hidden, coloured } = state;
    this.bar.hidden = !quantity;
    if (quantity) this.showQuantity(quantity, state.hiddenSides);
    this.classes.show(names, counts, hidden, coloured ? names.map((_, i) => categoryColour(i)) : []);
  }

  private showQuantity({ name, low, high, cut }: Quantity, hidden: number[]): void {
    this.name.textContent = name;
    this.ramp.root.hidden = Boolean(cut);
    this.sides.root.hidden = !cut;
    this.threshold.show(cut ? String(Number(cut.threshold.toPrecision(6))) : "");
    if (!cut) return this.ramp.show(low, high);
    const text = formatNumber(cut.threshold, high - low);
    this.sides.show([`below ${text}`, `${text} or above`], cut.counts, hidden, SIDES);
  }
}

/** Buttons that hide and show groups of points. */
class Switches {
  readonly root = element("div", "vw-legend-classes");
  private readonly changed: (hidden: number[]) => void;
  private buttons: HTMLButtonElement[] = [];
  private hidden: number[] = [];

  constructor(what: string, changed: (hidden: number[]) => void) {
    this.changed = changed;
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", `${what}: press to hide or show, Shift+press for one`);
  }

  show(names: string[], counts: number[], hidden: number[], colours: string[]): void {
    if (this.buttons.length !== names.length) this.build(names.length);
    this.hidden = hidden;
    this.buttons.forEach((made, i) => {
      const [swatch, name, count] = made.children as unknown as HTMLElement[];
      made.title = `${names[i]}: click hides or shows, Shift-click or double-click shows only this`;
      made.setAttribute("aria-pressed", String(!hidden.includes(i)));
      swatch.style.background = colours[i] ?? "";
      name.textContent = names[i];
      count.textContent = whole(counts[i]);
    });
  }

  private build(count: number): void {
    this.buttons = Array.from({ length: count }, (_, i) => {
      const made = element("button", "vw-legend-class");
      made.type = "button";
      for (const part of ["vw-swatch", "vw-legend-name", "vw-legend-count"]) {
        made.append(element("span", part));
      }
      made.addEventListener("click", (event) =>
        event.shiftKey || event.altKey ? this.only(i) : this.toggle(i),
      );
      made.addEventListener("dblclick", () => this.only(i));
      return made;
    });
    this.root.replaceChildren(...this.buttons);
  }

  private toggle(i: number): void {
    const { hidden } = this;
    this.changed(hidden.includes(i) ? hidden.filter((other) => other !== i) : [...hidden, i]);
  }

  /** Only this one; once more shows all again. */
  private only(i: number): void {
    const { hidden } = this;
    const others = this.buttons.map((_, other) => other).filter((other) => other !== i);
    const already = !hidden.includes(i) && others.every((other) => hidden.includes(other));
    this.changed(already ? [] : others);
  }
}

function colourRamp() {
  const root = element("div", "");
  const ramp = element("div", "vw-colour-ramp");
  const ends = element("div", "vw-colour-ends");
  const low = element("span", "");
  const high = element("span", "");
  ends.append(low, high);
  root.append(ramp, ends);
  const steps = Array.from({ length: 17 }, (_, i) => quantityColour(i / 16));
  ramp.style.background = `linear-gradient(to right, ${steps.join(", ")})`;
  const show = (from: number, to: number) => {
    low.textContent = formatNumber(from, to - from);
    high.textContent = formatNumber(to, to - from);
  };
  return { root, show };
}
