/** Text on a canvas. */

import type { Theme } from "./theme.ts";

/** Write text, aligned as `context` says, so that it can be read on any picture behind. */
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
