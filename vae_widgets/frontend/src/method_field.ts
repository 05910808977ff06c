/** How the threshold is chosen: a method, and the numbers that it takes. */

import { NumberField } from "./number_field.ts";
import { element } from "./shell.ts";

export interface Method {
  name: string;
  title: string;
  labels: boolean;
  parameters: { name: string; step: number; optional: boolean }[];
}

export type Parameters = Record<string, number | null>;

export class MethodField {
  readonly root = element("span", "vw-method");
  private readonly select = element("select", "vw-input");
  private readonly numbers = element("span", "vw-method-numbers");
  private readonly methods: Method[];
  private readonly ask: (method: string, parameters: Parameters) => void;
  private fields: { name: string; field: NumberField }[] = [];
  private shown = "";

  /** `ask` gets a method, and the parameter that was typed. */
  constructor(methods: Method[], ask: (method: string, parameters: Parameters) => void) {
    this.methods = methods;
    this.ask = ask;
    const { select } = this;
    select.title = "How the threshold is chosen";
    select.setAttribute("aria-label", "Method");
    select.append(option("manual", "By hand"));
    for (const [title, labels] of [["Without labels", false], ["By labels", true]] as const) {
      const group = document.createElement("optgroup");
      group.label = title;
      group.append(
        ...methods.filter((m) => m.labels === labels).map((m) => option(m.name, m.title)),
      );
      if (group.children.length) select.append(group);
    }
    select.addEventListener("change", () => ask(select.value, {}));
    // JupyterLab has keys of its own.
    select.addEventListener("keydown", (event) => event.stopPropagation());
    this.root.append(select, this.numbers);
  }

  show(name: string, parameters: Parameters): void {
    this.select.value = name;
    if (name !== this.shown) this.build(name);
    this.shown = name;
    for (const { name, field } of this.fields) field.show(text(parameters[name]));
  }

  private build(name: string): void {
    const method = this.methods.find((m) => m.name === name);
    // The percentile has a field of its own.
    const taken = name === "percentile" ? [] : (method?.parameters ?? []);
    this.fields = taken.map(({ name, step, optional }) => {
      const words = name.replaceAll("_", " ");
      const hint = optional ? "Leave it empty for the method's own choice" : "";
      const field = new NumberField(words, `${method!.title}: ${words}`, hint, "", (value, empty) =>
        this.ask(method!.name, { [name]: empty && optional ? null : value }),
      );
      field.input.step = String(step);
      field.input.placeholder = optional ? "auto" : "";
      return { name, field };
    });
    this.numbers.replaceChildren(...this.fields.map(({ field }) => field.root));
  }
}

const text = (value: number | null | undefined) => (value == null ? "" : String(value));

function option(value: string, title: string): HTMLOptionElement {
  const made = document.createElement("option");
  made.value = value;
  made.textContent = title;
  return made;
}
