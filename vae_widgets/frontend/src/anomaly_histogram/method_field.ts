/** Fields that choose the threshold by a method and its parameters. */

import { NumberField } from "../controls/number_field.ts";
import { button, element } from "../controls/shell.ts";

export interface Method {
  name: string;
  title: string;
  labels: boolean;
  parameters: { name: string; step: number; optional: boolean; min?: number }[];
}

export type Parameters = Record<string, number | null>;

export interface Refused {
  method: string;
  parameters: Parameters;
  why: string;
}

export class MethodField {
  readonly root = element("span", "vw-method");
  readonly #select = element("select", "vw-input");
  readonly #numbers = element("span", "vw-method-numbers");
  readonly #methods: Method[];
  readonly #ask: (method: string, parameters: Parameters) => void;
  #fields: { name: string; field: NumberField }[] = [];
  #shown = "";

  /** `ask` receives a method, and the parameter that was typed. `others` stay beside the last of its parameters. */
  constructor(methods: Method[], ask: (method: string, parameters: Parameters) => void, others: HTMLElement[]) {
    this.#methods = methods;
    this.#ask = ask;
    const select = this.#select;
    select.title = "How the threshold is chosen";
    select.ariaLabel = "Method";
    select.append(new Option("By hand", "manual"));
    for (const [title, labels] of [["Without labels", false], ["By labels", true]] as const) {
      const group = element("optgroup");
      group.label = title;
      group.append(
        ...methods.filter((m) => m.labels === labels).map((m) => new Option(m.title, m.name)),
      );
      if (group.children.length) select.append(group);
    }
    select.addEventListener("change", () => ask(select.value, {}));
    const row = element("span", "vw-method-row");
    row.append(this.#numbers, ...others);
    this.root.append(select, row);
  }

  set inert(inert: boolean) {
    this.#select.inert = this.#numbers.inert = inert;
  }

  show(name: string, parameters: Parameters): void {
    this.#select.value = name;
    if (name !== this.#shown) this.#build(name);
    this.#shown = name;
    for (const { name, field } of this.#fields) field.show(text(parameters[name]));
  }

  #build(name: string): void {
    const method = this.#methods.find((m) => m.name === name);
    // The percentile has a field of its own.
    this.#fields = name === "percentile" || !method ? [] : parameterFields(method, this.#ask);
    this.#numbers.replaceChildren(...this.#fields.map(({ field }) => field.root));
  }
}

/** Says why a method was not applied, with its fields, to try other numbers. */
export class MethodRefusal {
  readonly root = element("div", "vw-notice vw-method-refusal");
  readonly #methods: Method[];
  readonly #ask: (method: string, parameters: Parameters) => void;
  readonly #close: () => void;

  constructor(
    methods: Method[],
    ask: (method: string, parameters: Parameters) => void,
    close: () => void,
  ) {
    this.#methods = methods;
    this.#ask = ask;
    this.#close = close;
    this.root.role = "alert";
  }

  /** `inControls`: whether the method is also the chosen one, with its fields in the controls. */
  show(refused: Refused | null, inControls: boolean): void {
    this.root.replaceChildren();
    const method = this.#methods.find(({ name }) => name === refused?.method);
    if (!refused || !method) return;
    const { parameters, why } = refused;
    const fields = inControls
      ? []
      : parameterFields(method, (name, changed) => this.#ask(name, { ...parameters, ...changed }));
    for (const { name, field } of fields) field.show(text(parameters[name]));
    const close = button("\u00d7", "Hide this message", this.#close);
    close.ariaLabel = "Hide this message";
    this.root.append(element("span", "", `${method.title} was not applied: ${why}`), ...fields.map(({ field }) => field.root), close);
  }
}

function parameterFields(
  method: Method,
  ask: (method: string, parameters: Parameters) => void,
): { name: string; field: NumberField }[] {
  return method.parameters.map(({ name, step, optional, min }) => {
    const words = name.replaceAll("_", " ");
    const hint = optional ? "Leave it empty for the method's own choice" : "";
    const called = `${method.title}: ${words}`;
    const field = new NumberField(words, called, hint, "", { step, optional, min }, (value) =>
      ask(method.name, { [name]: value }),
    );
    return { name, field };
  });
}

const text = (value: number | null | undefined) => (value == null ? "" : String(value));
