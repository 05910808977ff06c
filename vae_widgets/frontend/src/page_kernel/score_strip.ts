/** The samples on both sides of a threshold (widgets/anomaly_histogram/sample_strip.py). */

import { alike } from "../format/numbers.ts";
import type { PageModel } from "./page_model.ts";
import type { LabelledScores } from "./labelled_scores.ts";
import type { Parts } from "./parts.ts";
import type { SamplePictures } from "./pictures.ts";

const SIGNS = { good: "\u2713 ", bad: "\u2717 ", "": "" };

export class ScoreStrip {
  readonly #model: PageModel;
  readonly #scores: LabelledScores;
  readonly #pictures: SamplePictures;
  readonly #columns: number;
  #threshold: number;
  /** The sample of each tile; -1 for none. */
  #shown: number[];
  #latest = 0;

  constructor(model: PageModel, scores: LabelledScores, parts: Parts, threshold: number) {
    this.#model = model;
    this.#scores = scores;
    this.#threshold = threshold;
    this.#pictures = parts.pictures(model.own!.pictures);
    this.#columns = model.own!.columns;
    this.#shown = model.own!.shown;
  }

  rowAt(tile: number): number {
    return this.#shown[tile] ?? -1;
  }

  frame(row: number): void {
    if (row >= 0 && this.rowAt(this.#model.get("selected")) === row) return;
    this.#model.commit({ selected: row < 0 ? -1 : this.#shown.indexOf(row) });
  }

  async showThreshold(threshold: number): Promise<void> {
    this.#threshold = threshold;
    const { order, length } = this.#scores;
    const columns = this.#columns;
    const cut = length - this.#scores.flagged(threshold);
    const rows = Object.entries({
      "Most anomalous": order.slice(-columns).reverse(),
      "Just flagged": order.slice(cut, cut + columns),
      "Just not flagged": order.slice(Math.max(0, cut - columns), cut).reverse(),
    }).filter(([, row]) => row.length);
    const shown = rows.flatMap(([, row]) => Array.from({ length: columns }, (_, i) => row[i] ?? -1));
    const mine = ++this.#latest;
    const tiles = await this.#pictures.of(shown);
    if (mine !== this.#latest) return;
    this.#shown = shown;
    const names = rows.map(([name]) => name);
    this.#show({ ...this.#model.get("_content"), atlas: tiles, columns, names });
  }

  showLabels(): void {
    this.#show(this.#model.get("_content"));
  }

  #show(content: Record<string, unknown> & { atlas?: unknown }): void {
    const { scores, labels } = this.#scores;
    const marks = this.#shown.map((row) => {
      if (row < 0 || Number.isNaN(labels[row])) return "";
      return scores[row] >= this.#threshold === (labels[row] === 1) ? "good" : "bad";
    });
    const known = this.#shown.filter((row) => row >= 0).map((row) => scores[row]);
    const around = this.#scores.around(this.#threshold).filter((score) => score !== null);
    const texts = alike(known, around).values();
    const captions = this.#shown.map((row, i) => (row < 0 ? "" : SIGNS[marks[i] as keyof typeof SIGNS] + texts.next().value));
    const legend = this.#scores.labelled ? ": \u2713 the threshold is right, \u2717 wrong" : "";
    this.#model.commit({
      title: `Samples by score${legend}`,
      selected: this.#model.get("selected") < this.#shown.length ? this.#model.get("selected") : -1,
      _content: { ...content, captions, marks },
    });
  }
}

