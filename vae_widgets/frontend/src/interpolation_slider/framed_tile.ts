/** A tile with a thin frame. */

import type { Theme } from "../canvas/theme.ts";
import type { FilmTiles } from "./film_tiles.ts";

// Larger, a picture that cannot be painted would be blurred.
const LARGEST = 4;

/** Draw a tile in the middle of a column that starts at x, with a margin on all sides. Pixel
 * art that fits twice or more is enlarged by a whole number. Returns the box of the tile. */
export function drawFramedTile(
  context: CanvasRenderingContext2D,
  theme: Theme,
  tiles: Pick<FilmTiles, "width" | "height" | "pixelArt" | "draw" | "paint">,
  index: number,
  x: number,
  width: number,
  height: number,
  margin: number,
): { x: number; y: number; width: number; height: number } {
  let scale = Math.min((width - 2 * margin) / tiles.width, (height - 2 * margin) / tiles.height);
  if (scale >= 2 && !tiles.paint) scale = tiles.pixelArt ? Math.floor(scale) : Math.min(scale, LARGEST);
  const w = Math.round(tiles.width * scale);
  const h = Math.round(tiles.height * scale);
  const left = Math.round(x + (width - w) / 2);
  const top = Math.round((height - h) / 2);
  // A tile may be transparent, and lie on another.
  context.fillStyle = theme.paper;
  context.fillRect(left, top, w, h);
  const isEnlarged = scale * context.getTransform().a > 1; // in pixels of the screen
  const painted = isEnlarged && tiles.paint?.(context, index, { x: left, y: top, width: w, height: h });
  if (!painted) tiles.draw(context, index, left, top, w, h);
  // Around the tile, so that its outer pixels stay visible.
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.strokeRect(left - 0.5, top - 0.5, w + 1, h + 1);
  return { x: left, y: top, width: w, height: h };
}
