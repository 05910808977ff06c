/** How the threshold is chosen: a method, and the number that it takes. */

import { NumberField } from "./number_field.ts";
import { element } from "./shell.ts";

export interface Method {
  name: string;
  title: string;
  /** Name of its number; empty if it takes none. */
  parameter: string;
  step: number;
  labels: boolean;
}

export class MethodField {
  readonly root = element("span", "vw-method");
  private readonly select = element("select", "vw-input");
  private readonly number: NumberField;
  private readonly name = document.createTextNode("");
  private readonly methods: Method[];

  /** `ask` gets a method, and a number where one was typed. */
  constructor(methods: Method[], ask: (method: string, value?: number) => void) {
    this.methods = methods;
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
    select.addEventListener("change", () => ask(select.value));
    // JupyterLab has keys of its own.
    select.addEventListener("keydown", (event) => event.stopPropagation());
    this.number = new NumberField("", "Parameter", "", "", (value) => ask(select.value, value));
    this.number.root.prepend(this.name);
    this.root.append(select, this.number.root);
  }

  show(name: string, value: number | null): void {
    this.select.value = name;
    const method = this.methods.find((m) => m.name === name);
    // Hidden and not taken away, so that nothing moves. The percentile has a field of its own.
    const shown = Boolean(method?.parameter) && name !== "percentile" && value !== null;
    this.number.root.style.visibility = shown ? "visible" : "hidden";
    if (!shown) return;
    this.name.textContent = method!.parameter;
    this.number.input.step = String(method!.step);
    this.number.input.setAttribute("aria-label", `${method!.title}: ${method!.parameter}`);
    this.number.show(String(value));
  }
}

function option(value: string, title: string): HTMLOptionElement {
  const made = document.createElement("option");
  made.value = value;
  made.textContent = title;
  return made;
}
