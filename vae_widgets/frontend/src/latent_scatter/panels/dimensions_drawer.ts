/** The drawer "Dimensions": all coordinates, and the fixed values of those not shown. */

import { formatNumber } from "../../format/numbers.ts";
import type { Axis } from "../state/protocol.ts";
import { button, element } from "../../controls/shell.ts";

const STEPS = 200;

export interface DimensionsState {
  axes: Axis[];
  /** The coordinates along x and y. */
  dims: number[];
  sliceAt: Float32Array;
  anyPicked: boolean;
}

export interface DimensionsActions {
  /** A slider moved: the plane cuts this coordinate there. */
  fix(index: number, value: number): void;
  fixAtMean(): void;
  fixAtPicked(): void;
}

export class DimensionsDrawer {
  readonly root = element("div", "vw-dims");
  readonly #list = element("div", "vw-dims-list");
  readonly #picked: HTMLButtonElement;
  readonly #actions: DimensionsActions;
  #rows: Row[] = [];
  #axes: Axis[] = [];

  constructor(actions: DimensionsActions) {
    this.#actions = actions;
    const head = element("div", "vw-dims-head");
    const mean = button("Mean", "Fix all dimensions at the mean of the codes", () =>
      actions.fixAtMean(),
    );
    const hint = "Move the plane so that it runs through what is picked";
    this.#picked = button("Picked", hint, () => actions.fixAtPicked());
    head.append(
      element("span", "vw-dims-note", "Fix the other dimensions at"),
      mean,
      this.#picked,
    );
    this.root.append(head, this.#list);
  }

  show({ axes, dims, sliceAt, anyPicked }: DimensionsState): void {
    if (axes !== this.#axes) this.#build(axes);
    this.#picked.disabled = !anyPicked;
    for (const row of this.#rows) row.show(dims.indexOf(row.index), sliceAt[row.index]);
  }

  #build(axes: Axis[]): void {
    this.#axes = axes;
    this.#rows = axes.map((axis) => new Row(axis, (value) => this.#actions.fix(axis.index, value)));
    this.#list.replaceChildren(...this.#rows.map((row) => row.root));
  }
}

class Row {
  readonly index: number;
  readonly root = element("div", "vw-dims-row");
  readonly #axis: Axis;
  readonly #slider = element("input", "vw-dims-slider");
  readonly #value = element("span", "vw-dims-value");

  constructor(axis: Axis, moved: (value: number) => void) {
    this.#axis = axis;
    this.index = axis.index;
    const slider = this.#slider;
    if (axis.collapsed) {
      this.root.classList.add("vw-collapsed");
      this.root.title = `${axis.name} has collapsed: its mean is the same for all samples`;
    }
    slider.type = "range";
    slider.ariaLabel = `Fixed value of ${axis.name}`;
    slider.addEventListener("input", () => moved(slider.valueAsNumber));
    this.root.append(
      element("span", "vw-dims-name", axis.name),
      element("span", "vw-dims-note", axis.note),
      slider,
      this.#value,
    );
  }

  /** `along`: 0 or 1 where the coordinate is shown along x or y, below 0 where it is fixed. */
  show(along: number, fixed: number): void {
    const { low, high } = this.#axis;
    this.#slider.hidden = along >= 0;
    // No exponents where all values agree except for rounding.
    const span = Math.max(high - low, 0.01);
    this.#value.textContent = along < 0 ? formatNumber(fixed, span) : `along ${"xy"[along]}`;
    // A value set in Python may lie outside.
    const [min, max] = [Math.min(low, fixed), Math.max(high, fixed)];
    this.#slider.min = String(min);
    this.#slider.max = String(max);
    this.#slider.step = String((max - min) / STEPS || 1);
    // Setting the value that the slider has rounded would disturb a drag.
    if (Math.fround(this.#slider.valueAsNumber) !== fixed) this.#slider.value = String(fixed);
  }
}
