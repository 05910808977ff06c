/** The training curves that a file carries (models/serialization/export_spec.py), as the widgets draw them. */

import { writeArray } from "../kernel/arrays.ts";
import { isObject } from "./archive.ts";
import { BadFileError } from "./errors.ts";

const MOST_EPOCHS = 1000;
const MOST_METRICS = 32;
const VALIDATION = "val_";

/** The value of each metric for each of some epochs; NaN where it is not known. */
export interface History {
  epochs: number[];
  metrics: Map<string, number[]>;
}

/** Null if the file has none, as one of a model that was not trained. Throws a `BadFileError`. */
export function readHistory(training: unknown): History | null {
  const found = isObject(training) ? training.history : null;
  if (!isObject(found) || !found.epoch) return null;
  const fail = (why: string) => new BadFileError(`Part 'manifest.json': the history of the training ${why}.`);
  const entries = Object.entries(found);
  const n = found.epoch.length;
  if (entries.length > MOST_METRICS || !(n <= MOST_EPOCHS)) throw fail("is too long");
  const isNumber = (value: unknown) => value === null || typeof value === "number";
  if (
    !entries.every(([, values]) => Array.isArray(values) && values.length === n && values.every(isNumber))
  ) {
    throw fail("must have a list of numbers for each metric, as long as 'epoch'");
  }
  const ascending = found.epoch.every(
    (at: unknown, i: number) => Number.isFinite(at) && (!i || (at as number) > found.epoch[i - 1]),
  );
  if (!ascending) throw fail("has epochs that do not ascend");
  if (n < 2) return null;
  const metrics = entries
    .filter(([name]) => name !== "epoch")
    .map(([name, values]) => [name, values.map((value: number | null) => value ?? NaN)] as const);
  return { epochs: found.epoch, metrics: new Map(metrics) };
}

// As in widgets/training_monitor/curve_lines.py.
const COLOURS: Record<string, string> = {
  loss: "#3f90da",
  reconstruction_loss: "#e76300",
  kl_loss: "#832db6",
};
const OTHER_COLOURS = [
  "#e76300",
  "#832db6",
  "#a96b59",
  "#94a4a2",
  "#ffa90e",
  "#bd1f01",
  "#717581",
  "#92dadd",
  "#b9ac70",
];
const LABELS: Record<string, string> = { loss: "loss", reconstruction_loss: "reconstruction", kl_loss: "KL" };
/** What is on the scale of the loss shares its plot. */
const LEFT = ["loss", "reconstruction_loss"];
const PARTS = ["reconstruction_loss", "kl_loss"];

/** The traits of the curves and of their legend (training_monitor/curves.ts and legend.ts). */
export function curvesOf({ epochs, metrics }: History) {
  const isVae = PARTS.every((name) => metrics.has(name));
  // The ELBO says the same as its two parts, on the scale of the loss.
  const named = [...metrics.keys()].filter(
    (name) => !name.startsWith(VALIDATION) && !(isVae && name === "elbo"),
  );
  const names = [
    ...Object.keys(LABELS).filter((name) => named.includes(name)),
    ...named.filter((name) => !Object.hasOwn(LABELS, name)),
  ];
  const taken = names.filter((name) => Object.hasOwn(COLOURS, name)).map((name) => COLOURS[name]);
  const free = OTHER_COLOURS.filter((colour) => !taken.includes(colour));
  let next = 0;
  const described = names.map((name) => ({
    name,
    label: Object.hasOwn(LABELS, name) ? LABELS[name] : name.replaceAll("_", " "),
    colour: Object.hasOwn(COLOURS, name) ? COLOURS[name] : free[next++ % free.length],
  }));
  const left = names.filter((name) => LEFT.includes(name));
  const series = (values: number[] | undefined) =>
    writeArray(Float32Array.from(values ? [...epochs, ...values] : []), [2, values?.length ?? 0]);
  const validated = names.some((name) => metrics.has(VALIDATION + name));
  const best = bestEpoch(epochs, metrics);
  return {
    run: {
      axis: "epoch",
      unit: isVae ? "nats" : "",
      limits: [0, epochs[epochs.length - 1]],
      metrics: described.map((metric) => ({
        ...metric,
        left: left.length ? left.includes(metric.name) : true,
        steps: series(undefined),
        epochs: series(metrics.get(metric.name)),
        validation: series(metrics.get(VALIDATION + metric.name)),
      })),
      others: [],
      best,
      events: [],
    },
    legend: {
      title: "Training",
      entries: described,
      runs: [],
      key: [...(validated ? ["training", "validation"] : []), ...(best ? ["best"] : [])],
      hidden: [],
    },
    csv: csvOf(epochs, metrics),
  };
}

/** The epoch with the lowest loss, on the validation data if there are any, and that loss. */
function bestEpoch(epochs: number[], metrics: Map<string, number[]>): [number, number] | null {
  const losses = metrics.get(`${VALIDATION}loss`) ?? metrics.get("loss") ?? [];
  let best = -1;
  losses.forEach((value, i) => {
    if (Number.isFinite(value) && (best < 0 || value < losses[best])) best = i;
  });
  return best < 0 ? null : [epochs[best], losses[best]];
}

function csvOf(epochs: number[], metrics: Map<string, number[]>): string {
  // Names are those of Keras: letters, digits and underscores. Others would need quotes.
  const names = [...metrics.keys()].filter((name) => /^\w+$/.test(name));
  const rows = epochs.map((epoch, i) => [
    epoch,
    ...names.map((name) => (Number.isNaN(metrics.get(name)![i]) ? "" : metrics.get(name)![i])),
  ]);
  return [["epoch", ...names], ...rows].map((row) => row.join(",")).join("\r\n") + "\r\n";
}
