/** The legend of the histogram: colours and counts of the bars. */

import type { Histogram } from "./layers.ts";
import { labelColour } from "../canvas/palette.ts";
import { counted, whole } from "../format/numbers.ts";
import { swatched } from "../controls/shell.ts";

export function legendOf({ classNames, counts }: Histogram, selected: number): HTMLElement[] {
  const entry = (colour: string, count: number, name: string) =>
    swatched(colour, name === "samples" ? counted(count, "sample") : `${whole(count)} ${name}`);
  const classes = classNames.map((name, k) => entry(labelColour(k), counts.totals[k], name));
  return selected ? [...classes, entry("var(--vw-ink)", selected, "selected")] : classes;
}
