/** What the colours of the bars mean, with counts. */

import { classColour, type Histogram } from "./layers.ts";
import { element } from "../controls/shell.ts";
import { whole } from "../format/axis_ticks.ts";

export function legendOf({ classNames, counts }: Histogram, selected: number): HTMLElement[] {
  const entry = (colour: string, count: number, name: string) => {
    const made = element("span", "vw-scores-class");
    const swatch = element("span", "vw-scores-swatch");
    swatch.style.background = colour;
    made.append(swatch, `${whole(count)} ${count === 1 && name === "samples" ? "sample" : name}`);
    return made;
  };
  const classes = classNames.map((name, k) => entry(classColour(k), counts.totals[k], name));
  return selected ? [...classes, entry("var(--vw-ink)", selected, "selected")] : classes;
}
