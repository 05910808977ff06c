/** The tiles of a film that is walked the other way round. */

import type { FilmTiles } from "./filmstrip.ts";

/** The tiles of a film whose frames and ends have changed places. */
export function reversedTiles(tiles: FilmTiles, rows: number, frames: number): FilmTiles {
  const { width, height, pixelArt, imageRendering } = tiles;
  const count = rows * frames;
  return {
    width,
    height,
    pixelArt,
    imageRendering,
    close: () => tiles.close(),
    draw(context, index, ...box) {
      const frame = index % frames;
      const other = index < count ? index - frame + (frames - 1 - frame) : 2 * count + 1 - index;
      tiles.draw(context, other, ...box);
    },
  };
}
