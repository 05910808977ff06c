/**
 * A field for a number. Enter, leaving the field, and the up and down arrows apply it; Escape
 * resets it. Text that is not a number stays in the field, with the reason below it.
 */

import { parseNumber, stepFrom } from "../format/number_text.ts";
import { onKey } from "./keys.ts";
import { element } from "./shell.ts";

export interface NumberRange {
  /** By how much the arrows change the number; 0 for a fraction of it. */
  step?: number;
  min?: number;
  max?: number;
  /** Whether it must have no decimals. */
  whole?: boolean;
  /** Whether the field may be empty. */
  optional?: boolean;
}

export class NumberField {
  readonly root = element("label", "vw-field");
  readonly input = element("input", "vw-input");
  readonly #before = document.createTextNode("");
  readonly #problem = element("span", "vw-field-problem");
  #range: NumberRange = {};
  readonly #apply: (value: number | null) => void;
  #edited = false;
  #shown = "";

  /** `apply` gets a number in the range, or null where the field may be empty and is. */
  constructor(
    before: string,
    name: string,
    hint: string,
    after: string,
    range: NumberRange,
    apply: (value: number | null) => void,
  ) {
    const { input } = this;
    const problem = this.#problem;
    this.#apply = apply;
    input.type = "text"; // "number" treats a decimal comma by the browser's language, or drops it
    input.inputMode = "decimal";
    input.autocomplete = "off";
    input.title = hint;
    input.role = "spinbutton";
    input.ariaLabel = name;
    problem.id = `vw-problem-${Math.random().toString(36).slice(2)}`; // unique among all widgets of the page
    problem.role = "alert";
    input.setAttribute("aria-errormessage", problem.id);
    this.#before.data = before;
    this.root.append(this.#before, input, after, problem);
    this.limit(range);
    input.addEventListener("input", () => {
      this.#edited = true;
      this.#refuse("");
    });
    input.addEventListener("change", () => this.#done());
    onKey(input, (key) => {
      if (key === "Enter") this.#done();
      else if (key === "ArrowUp") this.#move(1);
      else if (key === "ArrowDown") this.#move(-1);
      else if (key === "Escape" && this.#edited) this.#reset();
      else return false;
      return true;
    });
  }

  /** Set the range and the step. */
  limit(range: NumberRange): void {
    this.#range = { ...this.#range, ...range };
    const { min, max, optional } = this.#range;
    if (min !== undefined) this.input.ariaValueMin = String(min);
    if (max !== undefined) this.input.ariaValueMax = String(max);
    this.input.placeholder = optional ? "auto" : "";
  }

  /** Show a value, unless the user is typing another one. */
  show(text: string): void {
    this.#shown = text;
    this.input.style.setProperty("--vw-letters", String(text.length));
    this.input.ariaValueNow = text || null;
    this.input.defaultValue = text;
    if (!this.#edited) this.input.value = text;
  }

  /** Change the label before the field. */
  rename(before: string): void {
    this.#before.data = before;
  }

  #done(): void {
    if (!this.#edited) return;
    let value: number | null;
    try {
      value = this.#read();
    } catch (error) {
      return this.#refuse((error as Error).message); // the text stays
    }
    this.#reset();
    this.#apply(value);
  }

  #read(): number | null {
    const { min = -Infinity, max = Infinity, whole, optional } = this.#range;
    if (optional && !this.input.value.trim()) return null;
    const value = parseNumber(this.input.value);
    if (min <= value && value <= max && !(whole && value % 1)) return value;
    const wanted = max === Infinity ? `at least ${min}` : `from ${min} to ${max}`;
    throw new Error(`${value} is not possible. Type a ${whole ? "whole " : ""}number ${wanted}.`);
  }

  #move(direction: 1 | -1): void {
    const { step = 0, min = -Infinity, max = Infinity } = this.#range;
    let from: number;
    try {
      from = parseNumber(this.input.value);
    } catch {
      if (this.input.value.trim()) return this.#done();
      from = min === -Infinity ? 0 : min;
    }
    const to = stepFrom(from, direction, step);
    this.input.value = String(Math.min(max, Math.max(min, to)));
    this.#edited = true;
    this.#done();
  }

  #refuse(why: string): void {
    this.#problem.textContent = why;
    this.input.ariaInvalid = String(Boolean(why));
  }

  #reset(): void {
    this.#edited = false;
    this.input.value = this.#shown;
    this.#refuse("");
  }
}
