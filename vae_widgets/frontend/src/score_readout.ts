/** The numbers that a threshold is judged by. */

import type { Metrics } from "./score_counts.ts";
import { element } from "./shell.ts";
import { percent, share, whole } from "./ticks.ts";

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
  ["True pos.", "Anomalous and flagged", (m) => whole(m.truePositives)],
  ["False pos.", "Normal but flagged", (m) => whole(m.falsePositives)],
  ["False neg.", "Anomalous but not flagged", (m) => whole(m.falseNegatives)],
  ["True neg.", "Normal and not flagged", (m) => whole(m.trueNegatives)],
];

export class Readout {
  readonly root = element("div", "vw-scores-readout");
  private readonly values: [HTMLElement, Entry[2]][];

  constructor(labelled: boolean) {
    this.values = (labelled ? WITH_LABELS : WITHOUT_LABELS).map(([name, hint, value]) => {
      const entry = element("div", "vw-scores-number");
      const term = element("span", "vw-scores-term");
      const number = element("span", "vw-scores-value");
      term.textContent = name;
      entry.title = hint;
      entry.append(term, number);
      this.root.append(entry);
      return [number, value];
    });
  }

  show(metrics: Metrics): void {
    for (const [number, value] of this.values) number.textContent = value(metrics);
  }
}
