/** A choice with a label, in the toolbar and the legend. */

import { element } from "../../controls/shell.ts";

/** Add a select with a label to the end of `parent`. */
export function select(
  parent: HTMLElement,
  label: string,
  name: string,
  changed: (value: string) => void,
): HTMLSelectElement {
  const made = element("select", "vw-input");
  made.ariaLabel = name;
  made.addEventListener("change", () => changed(made.value));
  const around = element("label", "vw-scatter-label");
  around.append(label, made);
  parent.append(around);
  return made;
}

export function setOptions(select: HTMLSelectElement, names: string[], chosen: string): void {
  select.replaceChildren(...names.map((name) => new Option(name, name)));
  select.value = chosen;
}
