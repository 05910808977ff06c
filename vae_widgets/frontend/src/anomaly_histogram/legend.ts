/** The legend of the histogram: colours and counts of the bars. */

import type { Histogram } from "./layers.ts";
import { labelColour } from "../canvas/palette.ts";
import { whole } from "../format/numbers.ts";
import { element } from "../controls/shell.ts";

export function legendOf({ classNames, counts }: Histogram, selected: number): HTMLElement[] {
  const entry = (colour: string, count: number, name: string) => {
    const made = element("span", "vw-scores-class");
    const swatch = element("span", "vw-scores-swatch");
    swatch.style.background = colour;
    made.append(swatch, `${whole(count)} ${count === 1 && name === "samples" ? "sample" : name}`);
    return made;
  };
  const classes = classNames.map((name, k) => entry(labelColour(k), counts.totals[k], name));
  return selected ? [...classes, entry("var(--vw-ink)", selected, "selected")] : classes;
}
