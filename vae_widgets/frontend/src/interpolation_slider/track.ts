/** Geometry of the filmstrip, which is a slider: position 0 is at the middle of the first tile and
 * 1 at the middle of the last, so that both tiles show exactly their frames. */

export interface Track {
  /** Number of tiles. */
  count: number;
  /** Width of one tile's cell in pixels. */
  cell: number;
}

const FEWEST = 6;
const MOST = 12;
// In a wide page there may be more: one in each 80 pixels.
const WIDE = 80;

/** Track for a width in pixels; `tileWidth` is the width of a tile as high as the strip. */
export function layTrack(width: number, tileWidth: number): Track {
  const most = Math.max(MOST, Math.floor(width / WIDE));
  const count = Math.max(FEWEST, Math.min(most, Math.floor(width / tileWidth)));
  return { count, cell: width / count };
}

/** Middle of the thumb for a position in [0, 1]. */
export function xOf(track: Track, value: number): number {
  return track.cell * (0.5 + value * (track.count - 1));
}

/** Position in [0, 1] under x; 0 or 1 beyond the middles of the outer tiles. */
export function valueAt(track: Track, x: number): number {
  return clamp((x / track.cell - 0.5) / (track.count - 1));
}

function clamp(value: number): number {
  return Math.max(0, Math.min(1, value));
}
