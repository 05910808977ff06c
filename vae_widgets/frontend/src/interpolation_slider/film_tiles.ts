/** The tiles of a film, what paints them sharp, and those of a film that is walked the other way round. */

import type { Tiles } from "../kernel/atlas.ts";
import type { Paint } from "../rendering/page_renderer.ts";

export type FilmTiles = Pick<
  Tiles,
  "width" | "height" | "pixelArt" | "imageRendering" | "draw" | "close"
> & {
  /** Draws a tile that is enlarged; absent where its pixels are what is shown. */
  paint?: Paint;
};

/** The same tiles with what paints them. */
export function withPaint(tiles: FilmTiles, paint: Paint | undefined): FilmTiles {
  if (!paint) return tiles;
  const { width, height, pixelArt, imageRendering } = tiles;
  return {
    width,
    height,
    pixelArt,
    imageRendering,
    paint,
    draw: (...place) => tiles.draw(...place),
    close: () => tiles.close(),
  };
}

/** The tiles of a film whose frames and ends have changed places. */
export function reversedTiles(tiles: FilmTiles, rows: number, frames: number): FilmTiles {
  const { width, height, pixelArt, imageRendering, paint } = tiles;
  const count = rows * frames;
  const placeOf = (index: number) => {
    const frame = index % frames;
    return index < count ? index - frame + (frames - 1 - frame) : 2 * count + 1 - index;
  };
  return {
    width,
    height,
    pixelArt,
    imageRendering,
    close: () => tiles.close(),
    draw: (context, index, ...box) => tiles.draw(context, placeOf(index), ...box),
    paint: paint && ((context, index, box) => paint(context, placeOf(index), box)),
  };
}
