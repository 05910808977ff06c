/** What a file is, in plain words. */

import { element } from "../controls/shell.ts";
import { counted, plain, whole } from "../format/numbers.ts";
import { isObject } from "./archive.ts";
import type { VaeContents } from "./contents.ts";

const LIKELIHOODS: Record<string, string> = {
  bernoulli: "Bernoulli (values from 0 to 1)",
  gaussian: "Gaussian (any numbers)",
  categorical: "categorical (tokens)",
  autoregressive_categorical: "categorical (tokens, each given those before it)",
};
const LONGEST = 400;

/** "A variational autoencoder with 2 latent dimensions for images of 28 × 28". */
export function titleOf({ facts, renderer }: VaeContents): string {
  const kind = facts.variational ? "variational autoencoder" : "autoencoder";
  const sides = facts.sampleShape.join(" \u00d7 ");
  const what = {
    image: `images of ${sides}`,
    signal: `signals of ${sides} values`,
    text: `texts of ${sides} tokens`,
    molecule: `molecules of ${sides} tokens`,
    table: `rows of ${sides} columns`,
    piano_roll: `piano rolls of ${sides} values`,
  }[renderer.name];
  const samples = what ?? `samples of ${sides} values`;
  return `A ${facts.nLabels ? "conditional " : ""}${kind} with ${counted(facts.latentDim, "latent dimension")} for ${samples}`;
}

/** The list of facts. */
export function summaryOf(contents: VaeContents): HTMLElement {
  const list = element("dl", "vw-file-facts");
  for (const [name, value] of factsOf(contents)) {
    if (value) list.append(element("dt", "", name), element("dd", "", value.slice(0, LONGEST)));
  }
  return list;
}

function factsOf({
  manifest,
  facts,
  codes,
  classNames,
  classes,
  tiles,
  ownRenderer,
  policy,
}: VaeContents): [string, string][] {
  const { training, versions, created, preprocessing } = manifest;
  const carried = codes
    ? [
        counted(codes.count, "code"),
        tiles && "pictures of their samples",
        classes && counted(classNames.length, "class name"),
      ]
        .filter(Boolean)
        .join(", ")
    : "the model alone, without codes of samples";
  return [
    [
      "Likelihood",
      Object.hasOwn(LIKELIHOODS, facts.likelihood) ? LIKELIHOODS[facts.likelihood] : facts.likelihood,
    ],
    ["Labels", facts.nLabels ? `${facts.nLabels}, which the model takes beside a sample` : ""],
    ["Trained", trainingText(training)],
    ["Losses", lossText(training)],
    ["Carries", carried],
    ["Policy", policy ? policyText(policy) : ""],
    [
      "Preparation of data",
      preprocessing
        ? typeof preprocessing === "string"
          ? preprocessing
          : JSON.stringify(preprocessing)
        : "",
    ],
    [
      "Drawn by",
      ownRenderer &&
        `the renderer ${ownRenderer}, whose code a file does not hold; here by that of the shape of a sample`,
    ],
    ["Saved", `${dateOf(created)}${isObject(versions) ? ` by ${versionText(versions)}` : ""}`],
  ];
}

/** "2026-11-30 05:43 UTC"; what is no date stays as it is. */
function dateOf(created: string): string {
  const at = new Date(created);
  return Number.isNaN(at.getTime()) ? created : `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function trainingText(training: unknown): string {
  if (!isObject(training) || typeof training.epochs !== "number") return "";
  if (!training.epochs) return "not yet";
  const { epochs, steps, n_samples, beta } = training;
  return [
    counted(epochs, "epoch"),
    typeof steps === "number" && counted(steps, "step"),
    typeof n_samples === "number" && `on ${counted(n_samples, "sample")}`,
    typeof beta === "number" && `beta ${plain(beta)}`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** The losses of the last epoch on the training data. */
function lossText(training: unknown): string {
  const losses = isObject(training) && isObject(training.losses) ? Object.entries(training.losses) : [];
  return losses
    .filter(([name, value]) => name.endsWith("loss") && !name.startsWith("val_") && Number.isFinite(value))
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${plain(value, 5)}`)
    .join(", ");
}

function versionText(versions: Record<string, unknown>): string {
  return Object.entries(versions)
    .filter(([, version]) => typeof version === "string")
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
}

/** What a policy does, and how it was chosen. */
export function policyText({
  threshold,
  score,
  method,
  nScores,
  nLabelled,
  metrics,
  author,
  note,
}: NonNullable<VaeContents["policy"]>): string {
  const labelled = nLabelled ? `, ${whole(nLabelled)} of them with a label` : "";
  const known = ["alert_rate", "precision", "recall"]
    .filter((name) => Object.hasOwn(metrics, name))
    .map((name) => `${name.replace("_", " ")} ${(100 * metrics[name]).toFixed(1)} %`);
  return [
    `flags a sample whose ${score} is at least ${plain(threshold)}`,
    `chosen by ${method}${nScores ? ` on ${counted(nScores, "score")}${labelled}` : ""}`,
    ...known,
    author && `by ${author}`,
    note,
  ]
    .filter(Boolean)
    .join("; ");
}
