/** What the drawers of a scatter are made of. */

import { element } from "../../controls/shell.ts";

/** A line of a drawer, with its name in front. */
export function drawerRow(name: string, ...parts: HTMLElement[]): HTMLElement {
  const made = element("div", "vw-save-row");
  const all = element("div", "vw-save-parts");
  all.append(...parts);
  made.append(element("span", "vw-dims-note", name), all);
  return made;
}

export interface Range {
  min: number;
  max: number;
  step: number;
}

/** A slider; `name` is for screen readers, `hint` is its tooltip. */
export function drawerSlider(
  name: string,
  hint: string,
  range: Range,
  moved: (value: number) => void,
): HTMLInputElement {
  const made = element("input", "vw-dims-slider");
  made.type = "range";
  for (const [key, value] of Object.entries(range)) made.setAttribute(key, String(value));
  made.ariaLabel = name;
  made.title = hint;
  made.addEventListener("input", () => moved(made.valueAsNumber));
  return made;
}
