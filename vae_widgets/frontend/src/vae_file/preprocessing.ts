/** What a detector does to samples before its model gets them (core/preprocessing.py). */

import { isObject } from "./archive.ts";
import { BadFileError } from "./errors.ts";
import { readJson } from "./strict_json.ts";

const MOST_BYTES = 2 ** 26;
/** Values are treated as equal if they differ by less than this share of their size. */
const ROUNDING = 10 * Number.EPSILON;

/** A raw sample as the model takes it. */
export type Preprocess = (sample: number[]) => Float32Array;

/**
 * Read the part `detector.json` of a model of samples of `size` values; without it samples stay as they are.
 * Throws a `BadFileError` if it is not that of a detector.
 */
export function readPreprocessing(part: Uint8Array | undefined, size: number): Preprocess {
  const asTheyAre: Preprocess = (sample) => Float32Array.from(sample);
  if (!part) return asTheyAre;
  const fail = (why: string) => new BadFileError(`Part 'detector.json' is not the one of a detector: ${why}.`);
  let found: unknown;
  try {
    found = readJson(part, MOST_BYTES);
  } catch (error) {
    throw fail((error as Error).message);
  }
  const preprocessing = isObject(found) ? found.preprocessing : undefined;
  if (preprocessing === null) return asTheyAre;
  if (!isObject(preprocessing)) throw fail("expected an object or null as 'preprocessing'");
  const { name, mean, deviation } = preprocessing;
  if (name === "standardize_samples") return standardized;
  if (name !== "standardize_features") throw fail("expected the name of a preprocessing");
  const areNumbers = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length === size && list.every(Number.isFinite);
  if (!areNumbers(mean) || !areNumbers(deviation) || deviation.some((each) => each <= 0)) {
    throw fail(`expected ${size} numbers as 'mean', and ${size} above 0 as 'deviation'`);
  }
  return (sample) => Float32Array.from(sample, (value, i) => (value - mean[i]) / deviation[i]);
}

/** A sample with mean 0 and deviation 1 over its own values; a constant one is zeros. */
function standardized(sample: number[]): Float32Array {
  const averageOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const mean = averageOf(sample);
  const deviation = Math.sqrt(averageOf(sample.map((value) => (value - mean) ** 2)));
  const varies = deviation > ROUNDING * Math.abs(mean);
  return Float32Array.from(sample, (value) => (varies ? (value - mean) / deviation : 0));
}
