/**
 * A drawing as an image of a data set: as large, and with its ink in the same place, as the images that
 * the page carries. MNIST was made so: scaled to a box, and centred by the mass of the ink.
 */

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
  /** The value of a pixel without ink, and with it. */
  paper: number;
  full: number;
}

/** The box holds the ink between these shares of it, from side to side: a blurred edge is as long as a sharp one. */
const MARGIN = 0.005;

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
  if (!facts.length) return { side: Math.min(width, height), x: width / 2, y: height / 2, paper, full };
  const [side, x, y] = (["side", "x", "y"] as const).map((name) => median(facts.map((fact) => fact[name])));
  return { side, x, y, paper, full };
}

/** The longer side of the box around the ink, and its centre of mass; null without ink. */
export function inkFacts({ values, width, height }: Ink) {
  const columns = new Float64Array(width);
  const rows = new Float64Array(height);
  for (let at = 0; at < width * height; at++) {
    const ink = Math.max(0, values[at]);
    columns[at % width] += ink;
    rows[Math.floor(at / width)] += ink;
  }
  const mass = columns.reduce((a, b) => a + b, 0);
  if (!(mass > 0)) return null;
  const centre = (sums: Float64Array) => sums.reduce((sum, of, i) => sum + of * (i + 0.5), 0) / mass;
  const side = Math.max(...[columns, rows].map((sums) => placeOf(sums, (1 - MARGIN) * mass) - placeOf(sums, MARGIN * mass)));
  return { side, x: centre(columns), y: centre(rows) };
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
