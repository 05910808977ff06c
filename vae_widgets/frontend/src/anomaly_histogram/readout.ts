/** The metrics of a threshold. */

import { falsePositiveRate, type Metrics } from "./counts.ts";
import { labelColour } from "../canvas/palette.ts";
import { counted, percent, share, whole } from "../format/numbers.ts";
import { element } from "../controls/shell.ts";

type Entry = [name: string, hint: string, value: (metrics: Metrics) => string];

const ALERTS: Entry[] = [
  ["Alert rate", "Share of all samples that is flagged", (m) => `${percent(m.flagged, m.total)} %`],
  ["Flagged", "Samples with a score of at least the threshold", (m) => whole(m.flagged)],
];
const WITHOUT_LABELS: Entry[] = [
  ...ALERTS,
  ["Not flagged", "Samples with a score below the threshold", (m) => whole(m.total - m.flagged)],
];
const WITH_LABELS: Entry[] = [
  ["Precision", "Share of the flagged samples that is anomalous", (m) => share(m.precision)],
  ["Recall", "Share of the anomalous samples that is flagged", (m) => share(m.recall)],
  ["F1", "Harmonic mean of precision and recall", (m) => share(m.f1)],
  ALERTS[0],
];
/** The confusion matrix: rows are labels, columns are flagged or not. */
const CONFUSION: [name: string, cells: Entry[]][] = [
  [
    "anomalous",
    [
      ["True pos.", "Anomalous and flagged", (m) => whole(m.truePositives)],
      ["False neg.", "Anomalous but not flagged", (m) => whole(m.falseNegatives)],
    ],
  ],
  [
    "normal",
    [
      ["False pos.", "Normal but flagged", (m) => whole(m.falsePositives)],
      ["True neg.", "Normal and not flagged", (m) => whole(m.trueNegatives)],
    ],
  ],
];
/** The fraction of its row in each cell, in the same order. */
const ROW_SHARES = (m: Metrics) => [
  m.recall,
  1 - m.recall,
  falsePositiveRate(m),
  1 - falsePositiveRate(m),
];

export class Readout {
  readonly root = element("div", "vw-scores-readouts");
  readonly #values: [HTMLElement, Entry[2]][] = [];
  readonly #cells: HTMLElement[] = [];
  readonly #reviewed = element("div", "vw-scores-reviewed");

  /** `partly`: whether some samples have a label and others do not. */
  constructor(labelled: boolean, partly: boolean) {
    const row = element("div", "vw-scores-readout");
    const entries = labelled ? WITH_LABELS : WITHOUT_LABELS;
    // With some labels only, these differ from the values of all samples, which stand below.
    const named = ([name, hint, value]: Entry): Entry =>
      partly && name !== "Alert rate" ? [`${name} (labelled)`, `${hint}, of the labelled`, value] : [name, hint, value];
    row.append(...entries.map((entry) => this.#number(labelled ? named(entry) : entry)));
    this.root.append(row);
    if (labelled) this.root.append(this.#confusion());
    if (partly) this.root.append(this.#reviewed);
    this.#reviewed.title =
      "Samples that were drawn at random stand for those without a label: an estimate for all that " +
      "is flagged, labelled or not";
  }

  show(metrics: Metrics): void {
    for (const [number, value] of this.#values) number.textContent = value(metrics);
    const shares = ROW_SHARES(metrics);
    this.#cells.forEach((cell, i) => {
      cell.style.setProperty("--vw-share", `${Math.round(60 * (shares[i] || 0))}%`);
    });
    this.#reviewed.textContent = reviewedText(metrics);
  }

  #number([name, hint, value]: Entry): HTMLElement {
    const entry = element("div", "vw-scores-number");
    const number = element("span", "vw-scores-value");
    entry.title = hint;
    entry.append(element("span", "vw-scores-term", name), number);
    this.#values.push([number, value]);
    return entry;
  }

  #confusion(): HTMLElement {
    const matrix = element("div", "vw-confusion");
    matrix.role = "group";
    matrix.ariaLabel = "Confusion matrix";
    const heading = (text: string) => element("span", "vw-scores-term", text);
    matrix.append(heading(""), heading("flagged"), heading("not flagged"));
    CONFUSION.forEach(([name, entries], i) => {
      const cells = entries.map((entry) => this.#number(entry));
      for (const cell of cells) cell.style.setProperty("--vw-class", labelColour(1 - i));
      matrix.append(heading(name), ...cells);
      this.#cells.push(...cells);
    });
    return matrix;
  }
}

/** The precision of all flagged samples, in the words of core/scores/reviewed_precision.py. */
function reviewedText(metrics: Metrics): string {
  const { flagged, reviewed } = metrics;
  if (!flagged) return "No sample is flagged: the precision is undefined.";
  const labelled = metrics.truePositives + metrics.falsePositives;
  if (!reviewed || !labelled) return `${counted(flagged, "flagged sample")}, none with a label yet.`;
  const { precision, low, high, drawn } = reviewed;
  const name = `Precision of all ${whole(flagged)} flagged`;
  const span = `${share(low)} to ${share(high)}`;
  // Otherwise the recall would seem perfect.
  const below = metrics.falseNegatives + metrics.trueNegatives;
  const doubt = below ? "" : " Below the threshold no sample has a label: recall says nothing yet.";
  if (labelled === flagged) return `${name}: ${share(precision)}; all of them have a label.${doubt}`;
  if (!drawn) {
    const [were, they] = labelled === 1 ? ["was", "it says"] : ["were", "they say"];
    return (
      `${name}: from ${span}. The ${counted(labelled, "labelled sample")} ${were} not drawn at random, ` +
      `so ${they} nothing about the others. Review some in random order for an estimate.${doubt}`
    );
  }
  return (
    `${name}: ${share(precision)}, 95 % interval ${span}, judged by ${whole(drawn)} drawn at ` +
    `random.${doubt}`
  );
}
