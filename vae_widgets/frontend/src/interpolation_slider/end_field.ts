/** Chooses an end of the path: by the number of a sample, or the point picked in a linked scatter. */

import { NumberField } from "../controls/number_field.ts";
import { button, element } from "../controls/shell.ts";

export type End = "start" | "end";

/** What the kernel says of the ends (widgets/interpolation_slider/ends.py). */
export interface Ends {
  /** Number of samples to choose from; 0 for none. */
  samples: number;
  /** Whether a point is picked in the linked scatter; null without one. */
  picked: boolean | null;
  /** The number of the sample that was chosen; null for another end. */
  start: number | null;
  end: number | null;
}

export class EndField {
  readonly root = element("div", "vw-film-choice vw-not-pictured");
  readonly #end: End;
  readonly #number: NumberField;
  readonly #picked: HTMLButtonElement;

  /** `choose` gets the number of a sample, or null for the picked point. */
  constructor(end: End, choose: (end: End, sample: number | null) => void) {
    this.#end = end;
    this.#number = new NumberField(
      "Sample",
      `Number of the sample at the ${end}`,
      `Number of the sample at the ${end}, from 0 on`,
      "",
      { min: 0, step: 1, whole: true },
      (sample) => choose(end, sample),
    );
    this.#picked = button("Picked", "", () => choose(end, null));
    this.root.append(this.#number.root, this.#picked);
  }

  show({ samples, picked, ...rows }: Ends): void {
    this.root.hidden = !samples;
    this.#number.limit({ max: samples - 1 });
    this.#number.show(String(rows[this.#end] ?? ""));
    this.#picked.hidden = picked === null;
    this.#picked.disabled = !picked;
    this.#picked.title = picked
      ? `Make the picked point the ${this.#end}`
      : `Makes the picked point the ${this.#end}: pick a point in the scatter first`;
  }
}
