/** Data sets from files that the reader opens or drops: a CSV file, a NPY file, or images. */

import { readPicture } from "../../own_sample/read_sample.ts";
import { counted, whole } from "../../format/numbers.ts";
import { MOST, quantised, shapeOf, spread, type DataSet } from "./data_set.ts";
import { readNpy } from "./npy.ts";
import { readTable } from "./table.ts";

/** Fewer samples teach a network nothing. */
const FEWEST = 20;
const SIDE = 28;
const PICTURE = /^image\//;
/** Weights of red, green and blue in a grey level (ITU-R 601-2), and of alpha, by the number of channels. */
const GREY: Partial<Record<number, number[]>> = { 1: [1], 3: [0.299, 0.587, 0.114], 4: [0.299, 0.587, 0.114, 0] };

/** Make a data set of files; throws an error that says what is wrong, and what helps. */
export async function readFiles(files: File[]): Promise<DataSet> {
  const pictures = files.filter(({ type }) => PICTURE.test(type));
  if (pictures.length > 1) return fromPictures(pictures);
  if (files.length > 1) throw new Error(`${files.length} files cannot be read at once. Open one CSV or NPY file, or at least ${FEWEST} images.`);
  const [file] = files;
  const { name } = file;
  const isNpy = /\.npy$/i.test(name);
  if (!isNpy && !/\.(csv|tsv|txt)$/i.test(name)) {
    throw new Error(`${name} cannot be read: open a CSV file, a NPY file, or at least ${FEWEST} images at once.`);
  }
  try {
    return isNpy ? fromNpy(name, await file.arrayBuffer()) : fromTable(name, await file.text());
  } catch (error) {
    throw new Error(`${name} cannot be read: ${(error as Error).message}`);
  }
}

function fromTable(name: string, text: string): DataSet {
  const { rows, total, classes } = readTable(text, MOST.samples);
  const size = rows[0].length;
  checkSizes(rows.length, size);
  const shape = shapeOf(size);
  const values = quantised(rows, shape.length === 2);
  checkDiffer(values, size);
  const names = [...new Set(classes)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const labelled = classes && names.length <= MOST.classes;
  const tooMany = classes && !labelled ? ` It has ${whole(names.length)} classes, which are not shown; at most ${MOST.classes} are.` : "";
  const how = shape.length === 2 ? `images of ${shape[0]} x ${shape[1]}` : `${counted(size, "value")} each`;
  return {
    ...{ name, shape, values, size, count: rows.length, divisor: 255 },
    labels: labelled ? Uint8Array.from(classes, (label) => names.indexOf(label)) : null,
    labelNames: labelled ? names : [],
    note: `${partOf(rows.length, total, "row")} of ${name}, ${how}, scaled to 0 to 1.${tooMany}`,
  };
}

function fromNpy(name: string, bytes: ArrayBuffer): DataSet {
  const { shape: all, value } = readNpy(bytes);
  const [total = 0, ...sides] = all;
  const channels = sides.length === 3 || sides.at(-1) === 1 ? GREY[sides.at(-1)!] : undefined;
  const weights = channels ?? [1];
  const kept = channels ? sides.slice(0, -1) : sides;
  const size = kept.reduce((product, side) => product * side, 1);
  if (!kept.length) throw new Error("its array has one dimension; expected (n, values), (n, height, width) or (n, height, width, channels).");
  const rows = spread(MOST.samples, total);
  checkSizes(rows.length, size);
  const grey = (pixel: number) =>
    weights.reduce((sum, weight, channel) => sum + weight * value(pixel * weights.length + channel), 0);
  const numbers = [...rows].map((row) => Float32Array.from({ length: size }, (_, i) => grey(row * size + i)));
  if (!numbers.every((row) => row.every(Number.isFinite))) throw new Error("it holds NaN or infinity. Remove these samples.");
  const shape = kept.length === 2 ? kept : shapeOf(size);
  const values = quantised(numbers, shape.length === 2);
  checkDiffer(values, size);
  return {
    ...{ name, values, shape, size, count: rows.length, divisor: 255, labels: null, labelNames: [] },
    note: `${partOf(rows.length, total, "sample")} of ${name}, ${weights.length > 1 ? "in grey and " : ""}scaled to 0 to 1.`,
  };
}

async function fromPictures(files: File[]): Promise<DataSet> {
  const chosen = [...spread(MOST.samples, files.length)].map((i) => files[i]);
  checkSizes(chosen.length, SIDE * SIDE);
  const values = new Uint8Array(chosen.length * SIDE * SIDE);
  for (const [i, file] of chosen.entries()) {
    const sample = await readPicture(file, SIDE, SIDE, 1, [0, 255]).catch(() => {
      throw new Error(`${file.name} is no picture that this browser reads. Leave it out.`);
    });
    values.set(Uint8Array.from(sample, Math.round), i * SIDE * SIDE);
  }
  const name = counted(chosen.length, "image");
  const size = SIDE * SIDE;
  checkDiffer(values, size);
  return {
    ...{ name, values, size, count: chosen.length, shape: [SIDE, SIDE], divisor: 255, labels: null, labelNames: [] },
    note: `${name}, in grey and scaled to ${SIDE} x ${SIDE} pixels.`,
  };
}

function partOf(some: number, all: number, what: string): string {
  return some < all ? `${whole(some)} of ${counted(all, what)}` : counted(all, what);
}

function checkSizes(samples: number, values: number): void {
  if (samples < FEWEST) throw new Error(`it has ${counted(samples, "sample")}; expected at least ${FEWEST}.`);
  if (values < 2 || values > MOST.values) {
    throw new Error(`a sample has ${counted(values, "value")}; expected 2 to ${whole(MOST.values)}.`);
  }
}

function checkDiffer(values: Uint8Array, size: number): void {
  if (values.every((value, i) => value === values[i % size])) {
    throw new Error("all samples are equal, so that there is nothing to learn. Choose samples that differ.");
  }
}
