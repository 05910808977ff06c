/** A tile with a thin frame, as the interpolation slider shows its pictures. */

import type { Theme } from "../canvas/theme.ts";
import type { Tiles } from "../kernel/atlas.ts";

/** Draw a tile in the middle of the column from x, enlarged by a whole number where it fits twice
 * or more, with a margin on all sides. Returns where it lies. */
export function drawFramedTile(
  context: CanvasRenderingContext2D,
  theme: Theme,
  tiles: Tiles,
  index: number,
  x: number,
  width: number,
  height: number,
  margin: number,
): { x: number; y: number; width: number; height: number } {
  let scale = Math.min((width - 2 * margin) / tiles.width, (height - 2 * margin) / tiles.height);
  if (scale >= 2) scale = Math.floor(scale);
  const w = Math.round(tiles.width * scale);
  const h = Math.round(tiles.height * scale);
  const left = Math.round(x + (width - w) / 2);
  const top = Math.round((height - h) / 2);
  tiles.draw(context, index, left, top, w, h);
  // Around the tile, not over its outer pixels.
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.strokeRect(left - 0.5, top - 0.5, w + 1, h + 1);
  return { x: left, y: top, width: w, height: h };
}
