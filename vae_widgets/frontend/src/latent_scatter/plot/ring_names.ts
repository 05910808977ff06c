/** The names of rings, drawn after all rings, so that no line crosses a name. */

import { haloedText } from "../../canvas/text.ts";
import type { Theme } from "../../canvas/theme.ts";

/** A text with the place on its ring, and its distance above it, in pixels. */
export interface RingName {
  text: string;
  x: number;
  y: number;
  above: number;
}

export function drawRingNames(context: CanvasRenderingContext2D, theme: Theme, names: RingName[]): void {
  context.textAlign = "center";
  context.textBaseline = "bottom";
  for (const { text, x, y, above } of names) haloedText(context, theme, text, x, y - above);
}
