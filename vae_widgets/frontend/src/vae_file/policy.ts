/** The threshold that a file carries (core/scores/policy.py). */

import { isObject } from "./archive.ts";
import { BadFileError } from "./errors.ts";
import { readJson } from "./strict_json.ts";

const MOST_BYTES = 2 ** 20;
const TEXTS = ["method", "score", "author", "created", "note"] as const;

export interface Policy extends Record<(typeof TEXTS)[number], string> {
  /** Samples with a score of at least this are flagged. */
  threshold: number;
  nScores: number;
  nLabelled: number;
  /** Such as `alert_rate` and `precision`; those that are known. */
  metrics: Record<string, number>;
}

/** Null for no part. Throws a `BadFileError` if it is no policy. */
export function readPolicy(part: Uint8Array | undefined): Policy | null {
  if (!part) return null;
  let found: unknown;
  try {
    found = readJson(part, MOST_BYTES);
  } catch (error) {
    throw new BadFileError(`Part 'policy.json' is not JSON: ${(error as Error).message}.`);
  }
  const fail = (expected: string) =>
    new BadFileError(`Part 'policy.json' is not a threshold policy: expected ${expected}.`);
  if (!isObject(found)) throw fail("an object");
  const { threshold, n_scores, n_labelled, metrics } = found;
  if (!Number.isFinite(threshold)) throw fail("a number as 'threshold'");
  for (const count of [n_scores, n_labelled]) {
    if (!Number.isSafeInteger(count) || count < 0) throw fail("whole numbers as 'n_scores' and 'n_labelled'");
  }
  if (!isObject(metrics)) throw fail("an object as 'metrics'");
  const known = Object.entries(metrics).filter(([, value]) => Number.isFinite(value));
  const texts = TEXTS.map((name) => {
    const text = found[name] ?? "";
    if (typeof text !== "string") throw fail(`text as '${name}'`);
    return [name, text];
  });
  return {
    ...(Object.fromEntries(texts) as Record<(typeof TEXTS)[number], string>),
    threshold,
    nScores: n_scores,
    nLabelled: n_labelled,
    metrics: Object.fromEntries(known),
  };
}
