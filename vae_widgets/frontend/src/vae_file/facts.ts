/** What the manifest of a bundle says about its model, with every type checked (bundle/manifest.py). */

import { isObject, type Json } from "./archive.ts";
import { BadFileError } from "./errors.ts";

const MOST_NUMBERS = 2 ** 26; // of a sample; 256 MiB
const MOST_LABELS = 2 ** 20;

export interface ModelFacts {
  latentDim: number;
  sampleShape: number[];
  likelihood: string;
  /** Number of labels of a conditional model; null if it takes none. */
  nLabels: number | null;
  /** Whether it is a variational autoencoder, which has a prior. */
  variational: boolean;
}

/** Throws a `BadFileError` for a missing or wrong entry. */
export function readFacts(manifest: Json): ModelFacts {
  const need = (good: boolean, name: string, expected: string, received: unknown) => {
    if (good) return;
    const shown = JSON.stringify(received)?.slice(0, 200);
    throw new BadFileError(`Part 'manifest.json': ${name} must be ${expected}; received ${shown}.`);
  };
  const { latent_dim, sample_shape, likelihood, n_labels = null, variational } = manifest;
  need(isCount(latent_dim), "'latent_dim'", "a whole number of at least 1", latent_dim);
  const isShape =
    Array.isArray(sample_shape) &&
    sample_shape.length >= 1 &&
    sample_shape.length <= 8 &&
    sample_shape.every(isCount);
  need(isShape, "'sample_shape'", "a list of one to eight whole numbers of at least 1", sample_shape);
  need(
    sizeOf(sample_shape) <= MOST_NUMBERS,
    "'sample_shape'",
    `that of a sample of at most ${MOST_NUMBERS} numbers`,
    sample_shape,
  );
  need(isObject(likelihood), "'likelihood'", "an object", likelihood);
  const { name, bounds = null, n_classes = null } = likelihood;
  need(typeof name === "string", "likelihood['name']", "text", name);
  const isBound = (value: unknown) => value === null || typeof value === "number";
  const areBounds =
    bounds === null || (Array.isArray(bounds) && bounds.length === 2 && bounds.every(isBound));
  need(areBounds, "likelihood['bounds']", "null or two, each a number or null", bounds);
  for (const [key, count] of [
    ["likelihood['n_classes']", n_classes],
    ["'n_labels'", n_labels],
  ] as const) {
    need(
      count === null || (isCount(count) && count <= MOST_LABELS),
      key,
      `null or a whole number up to ${MOST_LABELS}`,
      count,
    );
  }
  need(typeof variational === "boolean", "'variational'", "true or false", variational);
  return {
    latentDim: latent_dim,
    sampleShape: sample_shape,
    likelihood: name,
    nLabels: n_labels,
    variational,
  };
}

export function sizeOf(shape: number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MOST_NUMBERS;
}
