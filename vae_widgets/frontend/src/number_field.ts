/** A number to type: applied by Enter, by leaving the field, or by its arrows; Escape takes it back. */

import { element } from "./shell.ts";

export class NumberField {
  readonly root = element("label", "vw-field");
  readonly input = element("input", "vw-input");
  private readonly before = document.createTextNode("");
  private edited = false;
  private shown = "";

  /** `apply` gets NaN where the text is no number, and whether there is no text at all. */
  constructor(
    before: string,
    name: string,
    hint: string,
    after: string,
    apply: (value: number, empty: boolean) => void,
  ) {
    const { input } = this;
    input.type = "number";
    input.title = hint;
    input.setAttribute("aria-label", name);
    this.before.data = before;
    this.root.append(this.before, input, after);
    const done = () => {
      if (!this.edited) return;
      const value = input.valueAsNumber;
      const empty = !input.value && !input.validity.badInput;
      this.reset();
      apply(value, empty);
    };
    input.addEventListener("input", () => {
      this.edited = true;
    });
    input.addEventListener("change", done);
    input.addEventListener("keydown", (event) => {
      // JupyterLab would take Enter for "edit the cell", and the field would never hear of it.
      event.stopPropagation();
      if (event.key === "Enter") done();
      if (event.key === "Escape") this.reset();
    });
  }

  /** Show a value, unless another one is just being typed. */
  show(text: string): void {
    this.shown = text;
    this.input.style.setProperty("--vw-letters", String(text.length));
    if (!this.edited) this.input.value = text;
  }

  /** Change what stands before the field. */
  rename(before: string): void {
    this.before.data = before;
  }

  private reset(): void {
    this.edited = false;
    this.input.value = this.shown;
  }
}
