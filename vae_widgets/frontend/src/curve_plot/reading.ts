/** The values of curves under the pointer, and along a curve by keys. */

import type { Point } from "../canvas/geometry.ts";
import { plain } from "../format/numbers.ts";
import type { CurvePlot, Line } from "./description.ts";
import type { Frame } from "./drawing.ts";

/** A point of a line. */
export interface Reading {
  line: Line;
  index: number;
  at: Point;
  text: string;
}

/** The point of the full lines that is nearest to a place; null without lines. */
export function nearest(plot: CurvePlot, frame: Frame, to: Point): Reading | null {
  let best: Reading | null = null;
  let least = Infinity;
  for (const line of readable(plot)) {
    for (let i = 0; i < line.x.length; i++) {
      const at = placeOf(frame, line, i);
      const far = (at.x - to.x) ** 2 + (at.y - to.y) ** 2;
      if (far < least) [least, best] = [far, { line, index: i, at, text: "" }];
    }
  }
  return best && { ...best, text: textOf(plot, best.line, best.index) };
}

/** The reading some points further along its line; the first one without a reading. */
export function moved(plot: CurvePlot, frame: Frame, from: Reading | null, steps: number): Reading | null {
  const line = from && readable(plot).includes(from.line) ? from.line : readable(plot)[0];
  if (!line) return null;
  const start = from ? from.index + steps : 0;
  const index = Math.max(0, Math.min(line.x.length - 1, start));
  return { line, index, at: placeOf(frame, line, index), text: textOf(plot, line, index) };
}

function readable({ lines }: CurvePlot): Line[] {
  return lines.filter((line) => !line.dashed && line.opacity === 1 && line.x.length);
}

function placeOf({ x, y }: Frame, line: Line, i: number): Point {
  return { x: x.place(line.x[i]), y: y.place(line.y[i]) };
}

/** "recall 0.5, precision 0.83". */
function textOf({ x, y }: CurvePlot, line: Line, i: number): string {
  return `${x.label} ${plain(line.x[i], 3)}, ${y.label || line.name} ${plain(line.y[i], 3)}`;
}
