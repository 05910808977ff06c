/** A data set of the page: samples as bytes, which stand for numbers from 0 to 1. */

import type { PageRenderer } from "../../rendering/page_renderer.ts";
import { twinOf } from "../../rendering/twins.ts";
import { filling, type Samples } from "../network/trainer.ts";

export interface DataSet extends Samples {
  name: string;
  count: number;
  /** (height, width) of images, or the number of values. */
  shape: number[];
  /** Class of each sample, as an index into `labelNames`; null without classes. */
  labels: Uint8Array | null;
  labelNames: string[];
  /** Where it comes from, and what was changed. */
  note: string;
}

/** The most classes, samples and values of a sample: the network stays quick. */
export const MOST = { classes: 150, samples: 5000, values: 4096 };

/** Width and height of the drawing of a sample that is no image. */
const DRAWING = { width: 64, height: 48 };

/** What draws the samples of a data set: as images, or as lines. */
export function rendererOf({ shape }: DataSet): PageRenderer {
  const isImage = shape.length === 2;
  const range = { vmin: 0, vmax: 1 };
  const spec = isImage ? { name: "image", arguments: range } : { name: "signal", arguments: { ...DRAWING, ...range } };
  return twinOf(spec, shape)!;
}

/** Some samples as numbers. */
export function samplesOf(data: DataSet, rows: ArrayLike<number>): Float32Array {
  const made = new Float32Array(rows.length * data.size);
  const fill = filling(data, Uint32Array.from(rows));
  for (let i = 0; i < rows.length; i++) fill(i, made, i * data.size);
  return made;
}

/** Numbers as samples: each feature, or all pixels together, is brought to 0 to 1 in 256 levels. */
export function quantised(rows: Float32Array[], together: boolean): Uint8Array {
  const size = rows[0].length;
  const [low, high] = [new Float64Array(size).fill(Infinity), new Float64Array(size).fill(-Infinity)];
  for (const row of rows) {
    row.forEach((value, i) => {
      low[i] = Math.min(low[i], value);
      high[i] = Math.max(high[i], value);
    });
  }
  if (together) {
    low.fill(low.reduce((a, b) => Math.min(a, b)));
    high.fill(high.reduce((a, b) => Math.max(a, b)));
  }
  const made = new Uint8Array(rows.length * size);
  rows.forEach((row, at) => {
    row.forEach((value, i) => {
      const range = high[i] - low[i];
      made[at * size + i] = range > 0 ? Math.round((255 * (value - low[i])) / range) : 0;
    });
  });
  return made;
}

/** The shape of samples of `size` values: a square image where that is possible. */
export function shapeOf(size: number): number[] {
  const side = Math.round(Math.sqrt(size));
  return side * side === size && side >= 8 ? [side, side] : [size];
}

/** `count` numbers from 0 to `of` - 1 at equal distances. */
export function spread(count: number, of: number): Uint32Array {
  return Uint32Array.from({ length: Math.min(count, of) }, (_, i) => Math.floor((i * of) / Math.min(count, of)));
}
