/** The anomaly score of a file, computed by its own graph (models/serialization/graphs.py). */

import { quickestEngine } from "../model/matrix/wasm.ts";
import { makeRunner } from "../model/runner.ts";
import type { Scoring } from "../page_kernel/page_kernel.ts";
import { isObject } from "./archive.ts";
import type { VaeContents } from "./contents.ts";

/** As `VAE.score_name`. */
const NAMES: Record<string, string> = {
  elbo: "negative ELBO (nats)",
  reconstruction: "negative log-likelihood (nats)",
};

/** What the page knows of scores; null for a graph that does not run here. */
export async function scoringOf(
  { score, manifest, facts, policy }: VaeContents,
  label: number[] | null,
): Promise<Scoring | null> {
  const kind = isObject(manifest.score) ? manifest.score.kind : "";
  const isNamed = isObject(manifest.score) && manifest.score.named === true;
  if (!score || typeof kind !== "string") return null;
  const name = Object.hasOwn(NAMES, kind) ? NAMES[kind] : "anomaly score";
  const output = isNamed ? `score_${kind}` : "score";
  try {
    const y = label ?? undefined;
    const runner = await makeRunner(quickestEngine, y, score, "score.onnx", "x", facts.sampleShape, [output]);
    return {
      scoreOf: (x) => runner.run(x)[0][0],
      name,
      // A threshold for another score says nothing about this one.
      threshold: () => (policy && [kind, name].includes(policy.score) ? policy.threshold : null),
    };
  } catch {
    return null;
  }
}
