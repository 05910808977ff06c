/** The drawer "Points": finding a sample, selecting all or the others, size and opacity of points. */

import { onKey } from "../../controls/keys.ts";
import { NumberField } from "../../controls/number_field.ts";
import { button, element } from "../../controls/shell.ts";
import { whole } from "../../format/numbers.ts";
import { drawerRow, drawerSlider, type Range } from "./drawer.ts";

export interface PointsState {
  samples: number;
  hasIndex: boolean;
  /** Diameter in CSS pixels and opacity; null where they are chosen by the number of samples. */
  size: number | null;
  opacity: number | null;
  /** What is chosen where they are null. */
  automatic: { size: number; opacity: number };
}

export interface PointsActions {
  find(index: number): void;
  findLabel(label: string): void;
  selectAll(): void;
  invertSelection(): void;
  /** null: automatic. */
  look(trait: "point_size" | "opacity", value: number | null): void;
}

export class PointsDrawer {
  readonly root = element("div", "vw-dims vw-save");
  readonly #find: NumberField;
  readonly #label = element("input", "vw-input");
  readonly #found = element("span");
  readonly #size: Look;
  readonly #opacity: Look;

  constructor(actions: PointsActions) {
    const hint = "Pick a sample by its row number, and move the plane to it (F opens this, Enter finds)";
    this.#find = new NumberField("", "Number of a sample", hint, "", { min: 0, whole: true, step: 1 }, (index) => {
      if (index !== null) actions.find(index);
    });
    const label = this.#label;
    label.placeholder = label.ariaLabel = "Index label";
    label.title = "Pick the sample that has this label in the pandas index (Enter finds)";
    onKey(label, (key) => {
      if (key !== "Enter") return false;
      label.defaultValue = label.value; // has been applied, as keys.ts tells by this
      if (label.value) actions.findLabel(label.value);
      return true;
    });
    this.#size = new Look("Size", "Diameter of the points in pixels", { min: 1, max: 40, step: 0.5 }, (size) =>
      actions.look("point_size", size),
    );
    const steps = { min: 0.05, max: 1, step: 0.05 };
    this.#opacity = new Look("Opacity", "Opacity of the points", steps, (opacity) => actions.look("opacity", opacity));
    this.root.append(
      drawerRow("Find sample", this.#find.root, label, this.#found),
      drawerRow(
        "Select",
        button("Select all", "Select all points that are shown (A)", actions.selectAll),
        button("Invert", "Select the shown points that are not selected (I)", actions.invertSelection),
      ),
      drawerRow("Size", ...this.#size.parts),
      drawerRow("Opacity", ...this.#opacity.parts),
    );
  }

  /** Put the cursor into the field for a sample. */
  focus(): void {
    this.#find.input.focus();
    this.#find.input.select();
  }

  /** Say how many samples have the label that was looked for. */
  showFound(count: number): void {
    this.#found.textContent = count > 1 ? `the first of ${whole(count)}` : "";
  }

  show({ samples, hasIndex, size, opacity, automatic }: PointsState): void {
    this.#find.limit({ max: samples - 1 });
    this.#label.hidden = !hasIndex;
    this.#size.show(size, automatic.size);
    this.#opacity.show(opacity, automatic.opacity);
  }
}

/** A slider with its value, and a button that makes it automatic. */
class Look {
  readonly parts: HTMLElement[];
  readonly #slider: HTMLInputElement;
  readonly #value = element("span", "vw-dims-value");
  readonly #automatic: HTMLButtonElement;

  constructor(name: string, hint: string, range: Range, set: (value: number | null) => void) {
    this.#slider = drawerSlider(name, hint, range, set);
    this.#automatic = button("Auto", "Choose it by the number of points", () => set(null));
    this.#automatic.ariaLabel = `Automatic ${name.toLowerCase()}`;
    this.parts = [this.#slider, this.#value, this.#automatic];
  }

  show(value: number | null, automatic: number): void {
    const shown = value ?? automatic;
    this.#slider.valueAsNumber = shown;
    this.#value.textContent = String(Number(shown.toFixed(2)));
    this.#automatic.ariaPressed = String(value === null);
  }
}
