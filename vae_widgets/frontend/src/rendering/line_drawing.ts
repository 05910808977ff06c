/** Smooth lines on tiles, as rendering/line_drawing.py draws them. */

export const RADIUS = 0.75; // half of the width of a line, in pixels
const FINE = 6; // columns in which the line is measured, for each pixel
// A disc that moves along the line reaches as far as it is high, from every column nearby.
const REACH = Math.floor(RADIUS * FINE);
const DISC = Array.from({ length: 2 * REACH + 1 }, (_, k) => Math.sqrt(RADIUS ** 2 - ((k - REACH) / FINE) ** 2));

/**
 * The share of each pixel (height, width) that a line covers: a disc of 1.5 pixels drawn along points
 * at equal distances with the heights `y`, in pixels from the top.
 */
export function lineCoverage(y: Float32Array, width: number, height: number): Float32Array {
  const columns = width * FINE;
  const { top, bottom } = extent(y, width);
  const share = new Float32Array(width * height);
  for (let column = 0; column < columns; column++) {
    let [above, below] = [Infinity, -Infinity];
    for (let k = 0; k < DISC.length; k++) {
      const near = Math.min(columns - 1, Math.max(0, column + k - REACH));
      above = Math.min(above, top[near] - DISC[k]);
      below = Math.max(below, bottom[near] + DISC[k]);
    }
    above = Math.min(height, Math.max(0, above));
    below = Math.min(height, Math.max(0, below));
    const x = Math.floor(column / FINE);
    for (let row = Math.floor(above); row < below; row++) {
      share[row * width + x] += (Math.min(below, row + 1) - Math.max(above, row)) / FINE;
    }
  }
  return share;
}

/** Where the line begins and ends in each fine column. */
function extent(y: Float32Array, width: number) {
  const columns = width * FINE;
  const m = y.length;
  const step = m > 1 ? (width - 2 * RADIUS) / (m - 1) : 0;
  const xOf = (point: number) => RADIUS + point * step;
  const at = (x: number) => {
    if (m === 1 || step <= 0) return y[0];
    const before = Math.min(m - 2, Math.max(0, Math.floor((x - RADIUS) / step)));
    const part = Math.min(1, Math.max(0, (x - xOf(before)) / step));
    return y[before] * (1 - part) + y[before + 1] * part;
  };
  const top = new Float64Array(columns);
  const bottom = new Float64Array(columns);
  let left = at(0);
  let point = 0;
  for (let column = 0; column < columns; column++) {
    const right = at((column + 1) / FINE);
    top[column] = Math.min(left, right);
    bottom[column] = Math.max(left, right);
    for (; m > 1 && point < m && xOf(point) < (column + 1) / FINE; point++) {
      top[column] = Math.min(top[column], y[point]);
      bottom[column] = Math.max(bottom[column], y[point]);
    }
    left = right;
  }
  return { top, bottom };
}

/** Draw a colour over a tile, "source over destination" of Porter and Duff (1984). */
export function addLine(tile: Uint8ClampedArray, share: Float32Array, colour: number[]): void {
  const isFirst = !tile.some((value, i) => i % 4 === 3 && value > 0);
  share.forEach((alpha, pixel) => {
    const at = 4 * pixel;
    if (isFirst) {
      for (let c = 0; c < 3; c++) tile[at + c] = colour[c];
      tile[at + 3] = 255 * alpha;
    } else if (alpha > 1 / 512) {
      const below = (tile[at + 3] / 255) * (1 - alpha);
      const total = alpha + below;
      for (let c = 0; c < 3; c++) tile[at + c] = (alpha * colour[c] + below * tile[at + c]) / total;
      tile[at + 3] = 255 * total;
    }
  });
}
