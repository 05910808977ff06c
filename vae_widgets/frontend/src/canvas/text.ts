/** Text on a canvas. */

import type { Theme } from "./theme.ts";

/** Shorten the text at its end to at most `width` pixels in the font of `context`. */
export function shortened(context: CanvasRenderingContext2D, text: string, width: number): string {
  let short = text;
  for (let n = text.length; n > 1 && context.measureText(short).width > width; n--) {
    short = `${text.slice(0, n - 1).trimEnd()}\u2026`;
  }
  return short;
}

/** Draw text with a halo, so that it can be read on any background. */
export function haloedText(
  context: CanvasRenderingContext2D,
  theme: Theme,
  text: string,
  x: number,
  y: number,
  pixels = 11,
): void {
  context.font = `${pixels}px ${theme.font}`;
  context.lineWidth = 3;
  context.strokeStyle = theme.paper;
  context.strokeText(text, x, y);
  context.fillStyle = theme.ink;
  context.fillText(text, x, y);
}
