/** Text on a canvas. */

import type { Point } from "./geometry.ts";
import type { Theme } from "./theme.ts";
import type { Box } from "./viewport.ts";

/** Shorten the text at its end to at most `width` pixels in the font of `context`. */
export function shortened(context: CanvasRenderingContext2D, text: string, width: number): string {
  let short = text;
  for (let n = text.length; n > 1 && context.measureText(short).width > width; n--) {
    short = `${text.slice(0, n - 1).trimEnd()}\u2026`;
  }
  return short;
}

/** Draw text to the right of a point, or to its left where the box ends, shortened to the box. */
export function textBeside(
  context: CanvasRenderingContext2D,
  theme: Theme,
  text: string,
  at: Point,
  { left, width }: Box,
  gap: number,
  pixels = 11,
): void {
  context.font = `${pixels}px ${theme.font}`;
  const room = [left + width - at.x - gap, at.x - gap - left];
  const side = context.measureText(text).width > room[0] && room[1] > room[0] ? 1 : 0;
  context.textAlign = side ? "right" : "left";
  context.textBaseline = "middle";
  const short = shortened(context, text, room[side]);
  haloedText(context, theme, short, at.x + (side ? -gap : gap), at.y, pixels);
}

const GROUND = 0.7; // opacity
const PADDING = 3;

/** Draw text with a halo, on a translucent ground of the page, so that it can be read on any picture. */
export function haloedText(
  context: CanvasRenderingContext2D,
  theme: Theme,
  text: string,
  x: number,
  y: number,
  pixels = 11,
): void {
  context.font = `${pixels}px ${theme.font}`;
  const { actualBoundingBoxLeft, actualBoundingBoxRight, fontBoundingBoxAscent, fontBoundingBoxDescent } =
    context.measureText(text);
  const left = x - actualBoundingBoxLeft - PADDING;
  const width = actualBoundingBoxLeft + actualBoundingBoxRight + 2 * PADDING;
  context.save();
  context.globalAlpha *= GROUND;
  context.fillStyle = theme.paper;
  context.fillRect(left, y - fontBoundingBoxAscent, width, fontBoundingBoxAscent + fontBoundingBoxDescent);
  context.restore();
  context.lineWidth = 3;
  context.strokeStyle = theme.paper;
  context.strokeText(text, x, y);
  context.fillStyle = theme.ink;
  context.fillText(text, x, y);
}
