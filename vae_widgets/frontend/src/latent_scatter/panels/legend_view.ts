/** The legend beside a scatter. Its entries are buttons that hide and show groups of points. */

import { categoryColour, categoryMark, quantityColour } from "../../canvas/palette.ts";
import { NumberField } from "../../controls/number_field.ts";
import { formatNumber } from "../../format/numbers.ts";
import { NO_SIDE, SIDES, type Quantity } from "../plot/colours.ts";
import { unknownName } from "../state/model.ts";
import { element } from "../../controls/shell.ts";
import { select, setOptions } from "./select.ts";
import { Switches, type Entry } from "./switches.ts";

export interface LegendState {
  /** What can colour the points, and what does. */
  colours: string[];
  colour: string;
  names: string[];
  /** Number of points of each class, and at the end of the points without a class. */
  counts: number[];
  /** Classes, and sides of the threshold, that are hidden. */
  hidden: number[];
  hiddenSides: number[];
  /** Set if a quantity colours the points instead of the class. */
  quantity: Quantity | null;
  /** Whether the classes colour the points. */
  coloured: boolean;
  /** Colour of points without a class or value. */
  unknown: string;
}

export interface LegendActions {
  colourBy(name: string): void;
  hide(classes: number[]): void;
  hideSides(sides: number[]): void;
  /** null: no threshold. */
  threshold(value: number | null): void;
}

export class LegendView {
  readonly root = element("div", "vw-scatter-legend");
  /** What is above the list of the classes. */
  readonly #top = element("div", "vw-legend-top");
  readonly #colour: HTMLSelectElement;
  readonly #bar = element("div", "vw-colour-bar");
  readonly #name = element("div", "vw-legend-name");
  readonly #ramp = colourRamp();
  readonly #sides: Switches;
  readonly #threshold: NumberField;
  readonly #classes: Switches;
  #isLaidOut = false;

  constructor(actions: LegendActions) {
    this.#colour = select(this.#top, "Colour", "What colours the points", actions.colourBy);
    this.#sides = new Switches("side", "Sides of the threshold", actions.hideSides);
    this.#classes = new Switches("class", "Classes", actions.hide);
    const hint = "Two colours: below, and at or above it. Empty: all colours";
    const range = { optional: true };
    this.#threshold = new NumberField("Threshold", "Threshold of the colours", hint, "", range, (value) =>
      actions.threshold(value),
    );
    this.#threshold.input.placeholder = "none";
    this.#bar.append(this.#name, this.#ramp.root, this.#sides.root, this.#threshold.root);
    this.#top.append(this.#bar, this.#classes.head);
    this.root.append(this.#top, this.#classes.root);
    const resized = new ResizeObserver(() => {
      this.#isLaidOut = true;
      this.#fit();
    });
    for (const part of [this.root, this.#classes.root]) resized.observe(part);
    this.#top.addEventListener("input", () => this.#fit()); // at the end of a search
  }

  /** In a narrow widget, the list of the classes stands below all others where it has no room beside the pictures. */
  #fit(): void {
    // The observer calls this when the page has laid out the legend; before, that would be done once more.
    if (!this.#isLaidOut || this.#classes.isSearching) return;
    const fit = () => [this.#sides, this.#classes].map((list) => list.fit()).every(Boolean);
    this.root.classList.remove("vw-list-below");
    if (fit() || !this.root.closest(".vw-narrow")) return;
    this.root.classList.add("vw-list-below");
    fit();
  }

  show(state: LegendState): void {
    const { quantity, names, counts, hidden, coloured, unknown } = state;
    setOptions(this.#colour, state.colours, state.colour);
    this.#bar.hidden = !quantity;
    if (quantity) this.#showQuantity(quantity, state.hiddenSides, unknown);
    const colourOf = (group: number) => (group < names.length ? categoryColour(group) : unknown);
    const entries = [...names, unknownName(names)]
      .map((name, group) => ({
        group,
        name,
        count: counts[group],
        colour: coloured ? colourOf(group) : "",
        mark: coloured && group < names.length ? categoryMark(group) : 0,
      }))
      .filter(({ group, count }) => group < names.length || count > 0);
    this.#classes.show(entries, hidden);
    this.#fit();
  }

  #showQuantity(quantity: Quantity, hidden: number[], colour: string): void {
    const { name, low, high, cut, unknown } = quantity;
    this.#name.textContent = name;
    this.#ramp.root.hidden = Boolean(cut) || Number.isNaN(low);
    this.#threshold.show(cut ? String(Number(cut.threshold.toPrecision(6))) : "");
    if (!cut && !Number.isNaN(low)) this.#ramp.show(low, high);
    const entries: Entry[] = [];
    if (cut) {
      const text = formatNumber(cut.threshold, Number.isNaN(low) ? 0 : high - low);
      [`below ${text}`, `${text} or above`].forEach((name, group) =>
        entries.push({ group, name, count: cut.counts[group], colour: SIDES[group] }),
      );
    }
    if (unknown) entries.push({ group: NO_SIDE, name: "unknown", count: unknown, colour });
    this.#sides.root.hidden = !entries.length;
    this.#sides.show(entries, hidden);
  }
}

function colourRamp() {
  const root = element("div");
  const ramp = element("div", "vw-colour-ramp");
  const ends = element("div", "vw-colour-ends");
  const low = element("span");
  const high = element("span");
  ends.append(low, high);
  root.append(ramp, ends);
  const show = (from: number, to: number) => {
    const steps = Array.from({ length: 17 }, (_, i) => quantityColour(i / 16));
    ramp.style.background = `linear-gradient(to right, ${steps.join(", ")})`;
    low.textContent = formatNumber(from, to - from);
    high.textContent = formatNumber(to, to - from);
  };
  return { root, show };
}
