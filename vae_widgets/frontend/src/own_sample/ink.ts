/**
 * A drawing as an image of a data set: as large, with lines as wide, and with its ink in the same place, as
 * the images that the page carries. MNIST was made so: scaled to a box, and centred by the mass of the ink.
 */

import type { Point } from "../canvas/geometry.ts";

export interface Ink {
  /** Amount of ink, 0 to 1, row by row. */
  values: Float32Array;
  width: number;
  height: number;
}

/** Where the ink of usual images is, in pixels. */
export interface InkHabit {
  /** The longer side of the box around it (`MARGIN`). */
  side: number;
  x: number;
  y: number;
  /** The width of a line, as a share of that side. */
  line: number;
  /** The value of a pixel without ink, and with it. */
  paper: number;
  full: number;
}

/** The box holds the ink between these shares of it, from side to side: a blurred edge is as long as a sharp one. */
const MARGIN = 0.005;
/** In images of filled shapes a line is at most this share of the side. */
const WIDEST_LINE = 0.2;

/** The habit of images (n, height, width) of one channel. */
export function inkHabit(images: Float32Array, width: number, height: number): InkHabit {
  const size = width * height;
  const count = images.length / size;
  const border = [];
  let [low, high] = [Infinity, -Infinity];
  for (let at = 0; at < images.length; at++) {
    low = Math.min(low, images[at]);
    high = Math.max(high, images[at]);
    const column = at % width;
    if (column === 0 || column === width - 1) border.push(images[at]);
  }
  const paper = median(border);
  const full = high - paper >= paper - low ? high : low;
  const facts = Array.from({ length: count }, (_, i) => {
    const values = images.slice(i * size, (i + 1) * size).map((value) => (value - paper) / (full - paper));
    return inkFacts({ values, width, height });
  }).filter((fact) => fact !== null);
  if (!facts.length) return { side: Math.min(width, height), x: width / 2, y: height / 2, line: 0.1, paper, full };
  const [side, x, y, line] = (["side", "x", "y", "line"] as const).map((name) => median(facts.map((fact) => fact[name])));
  return { side, x, y, line: Math.min(line / side, WIDEST_LINE), paper, full };
}

/** The longer side of the box around the ink, its centre of mass, and the width of its lines; null without ink. */
export function inkFacts({ values, width, height }: Ink) {
  const columns = new Float64Array(width);
  const rows = new Float64Array(height);
  const inkAt = (x: number, y: number) => (x < width && y < height && x >= 0 && y >= 0 ? Math.max(0, values[y * width + x]) : 0);
  let steps = 0; // from each pixel to the next one, along both axes
  for (let y = 0; y <= height; y++) {
    for (let x = 0; x <= width; x++) {
      const ink = inkAt(x, y);
      steps += Math.abs(ink - inkAt(x - 1, y)) + Math.abs(ink - inkAt(x, y - 1));
      if (!ink) continue;
      columns[x] += ink;
      rows[y] += ink;
    }
  }
  const mass = columns.reduce((a, b) => a + b, 0);
  if (!(mass > 0)) return null;
  const centre = (sums: Float64Array) => sums.reduce((sum, of, i) => sum + of * (i + 0.5), 0) / mass;
  const side = Math.max(...[columns, rows].map((sums) => placeOf(sums, (1 - MARGIN) * mass) - placeOf(sums, MARGIN * mass)));
  // Cauchy's formula: over all directions, the steps along both axes add up to 4 / pi of the outline. A line
  // of some width has twice its length as its outline.
  const outline = (Math.PI / 4) * steps;
  return { side, x: centre(columns), y: centre(rows), line: (2 * mass) / outline };
}

/** Where the sum from the left reaches `wanted`, also between two pixels. */
function placeOf(sums: Float64Array, wanted: number): number {
  let before = 0;
  for (let i = 0; i < sums.length; i++) {
    if (before + sums[i] >= wanted) return i + (sums[i] ? (wanted - before) / sums[i] : 0);
    before += sums[i];
  }
  return sums.length;
}

/**
 * How to draw lines through these points so that they fill a square canvas: `pen` is as wide as a `share` of the
 * longer side, in the units of the points. Null without points.
 */
export function frameDrawing(points: Point[], share: number, side: number) {
  if (!points.length) return null;
  const box = (["x", "y"] as const).map((axis) => {
    const [low, high] = points.reduce(
      ([low, high], point) => [Math.min(low, point[axis]), Math.max(high, point[axis])],
      [Infinity, -Infinity],
    );
    return { middle: (low + high) / 2, extent: high - low };
  });
  const extent = Math.max(1, ...box.map((axis) => axis.extent)); // a dot has none
  const pen = (extent * share) / (1 - share);
  const scale = side / (extent + pen);
  const [x, y] = box.map(({ middle }) => side / 2 - scale * middle);
  return { pen, scale, x, y };
}

/** A drawing as an image (height, width) of that habit; null without ink. Each pixel is the mean of its part. */
export function fitInk(drawing: Ink, habit: InkHabit, width: number, height: number): Float32Array | null {
  const facts = inkFacts(drawing);
  if (!facts) return null;
  const scale = facts.side / habit.side; // pixels of the drawing for one of the image
  const image = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = facts.x + (column - habit.x) * scale;
      const y = facts.y + (row - habit.y) * scale;
      const ink = Math.min(1, meanInk(drawing, x, y, scale));
      image[row * width + column] = habit.paper + ink * (habit.full - habit.paper);
    }
  }
  return image;
}

/** The mean of a square with the corner (x, y), of which the drawing may cover a part; outside there is no ink. */
function meanInk({ values, width, height }: Ink, x: number, y: number, side: number): number {
  let sum = 0;
  for (let row = Math.max(0, Math.floor(y)); row < Math.min(height, y + side); row++) {
    const high = Math.min(row + 1, y + side) - Math.max(row, y);
    for (let column = Math.max(0, Math.floor(x)); column < Math.min(width, x + side); column++) {
      const wide = Math.min(column + 1, x + side) - Math.max(column, x);
      sum += values[row * width + column] * high * wide;
    }
  }
  return sum / side ** 2;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
