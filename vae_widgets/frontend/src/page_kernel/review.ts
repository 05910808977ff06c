/** What Python does for a ReviewQueue (widgets/review_queue/), in a page without it. */

import { readTexts } from "../kernel/arrays.ts";
import type { KeptMark } from "../review_queue/kept_marks.ts";
import type { PageModel } from "./page_model.ts";
import { LabelledScores } from "./labelled_scores.ts";
import { precisionText } from "./reviewed_precision.ts";
import { lowestThreshold, reviewOrder } from "./review_order.ts";
import { MarkLog } from "./mark_log.ts";
import { whyNone } from "./why_none.ts";

/** What a queue needs of its histogram. */
export interface ReviewedScores {
  readonly scores: LabelledScores;
  readonly threshold: number;
  label(rows: number[], labels: number[], drawnFrom: number[]): void;
  whenThresholdChanges(call: () => void): void;
  whenLabelsChange(call: () => void): void;
}

/** The pictures of samples, as `ReviewPictures.of` returns them. */
export type Pictured = (rows: number[]) => Promise<Record<string, unknown>>;

const LABELS: Record<string, number> = { normal: 0, anomalous: 1 };

export class ReviewKernel {
  readonly #model: PageModel;
  readonly #scores: ReviewedScores;
  readonly #pictured: Pictured;
  readonly #log: MarkLog;
  readonly #draws: Map<number, number>;
  readonly #keys: string[] | null;
  #queue: number[];
  #number: number;
  #latest = 0;

  constructor(model: PageModel, scores: ReviewedScores, pictured: Pictured) {
    const own = model.own!;
    this.#model = model;
    this.#scores = scores;
    this.#pictured = pictured;
    this.#log = new MarkLog(own.marks as KeptMark[]);
    this.#draws = new Map(Object.entries(own.draws).map(([row, since]) => [Number(row), since as number]));
    this.#keys = readTexts(own.keys);
    this.#queue = [...own.queue];
    this.#number = model.get("_window").queue;
    // A page that is opened again takes up the marks that the browser has kept.
    const fresh = crypto.getRandomValues(new Uint32Array(2)).join("-");
    model.commit({ _origin: { ...model.get("_origin"), queue: fresh, kernel: fresh } });
    model.observe("order", () => this.#refill());
    model.observe("position", () => void this.#showWindow());
    scores.whenThresholdChanges(() => this.#refill());
    scores.whenLabelsChange(() => this.#tellStatus());
    model.handle("mark", ({ index, mark, time }) => this.#mark(index, mark, time));
    model.handle("undo", () => this.#undo());
    model.handle("refill", () => this.#refill());
    model.handle("log", () => ({ marks: this.#log.marks }));
    model.handle("restore", ({ marks }) => this.#restore(marks));
  }

  #mark(index: number, mark: string, time: string): void {
    const { scores } = this.#scores;
    if (!(index in scores.scores)) throw new Error(`there is no sample ${index}.`);
    if (!Number.isNaN(scores.labels[index]) && !this.#log.has(index)) {
      throw new Error(`sample ${index} has the label ${scores.labels[index]}, which was not given in this queue.`);
    }
    const made = {
      index,
      score: scores.scores[index],
      mark: mark as KeptMark["mark"],
      time,
      drawn_from: this.#draws.get(index) ?? null,
      key: this.#keyOf(index),
    };
    this.#log.set(made);
    this.#apply([made]);
    this.#model.post("marked", made);
  }

  #undo(): object {
    const last = this.#log.last;
    const index = this.#log.undo();
    if (index === null) return { index: -1, mark: "" };
    if (!this.#queue.includes(index)) {
      this.#queue.splice(Math.min(this.#model.get("position"), this.#queue.length), 0, index);
      this.#number++;
    }
    const now = this.#log.get(index);
    const score = this.#scores.scores.scores[index];
    const made = now ?? { index, score, mark: "" as const, time: "", drawn_from: null, key: this.#keyOf(index) };
    this.#apply([made]);
    this.#go(this.#queue.indexOf(index));
    this.#model.post("marked", made);
    return last!;
  }

  #restore(marks: KeptMark[]): object {
    const { scores } = this.#scores;
    const taken: KeptMark[] = [];
    const reasons = new Map<number, string>();
    for (const mark of marks) {
      const known = this.#log.get(mark.index);
      if (known && known.time > mark.time) continue;
      const label = scores.labels[mark.index];
      if (scores.scores[mark.index] !== mark.score) {
        reasons.set(mark.index, `sample ${mark.index} has another score.`);
      } else if (!Number.isNaN(label) && !this.#log.has(mark.index) && label !== LABELS[mark.mark]) {
        reasons.set(mark.index, `sample ${mark.index} has the label ${label}, which was not given in this queue.`);
      } else if ((known?.mark ?? "") !== mark.mark) taken.push({ ...mark, key: this.#keyOf(mark.index) });
    }
    this.#log.restore(taken);
    this.#label(taken);
    this.#refill();
    this.#model.post("log", { marks: this.#log.marks });
    const [why = ""] = reasons.values();
    return { taken: taken.filter(({ mark }) => mark).map(({ index }) => index), left_out: [...reasons.keys()], why };
  }

  #keyOf(row: number): string | null {
    return this.#keys && this.#keys[row];
  }

  #label(marks: KeptMark[]): void {
    const labels = marks.map(({ mark }) => LABELS[mark] ?? NaN);
    this.#scores.label(
      marks.map(({ index }) => index),
      labels,
      marks.map(({ drawn_from }) => drawn_from ?? NaN),
    );
  }

  #apply(marks: KeptMark[]): void {
    this.#label(marks);
    this.#tellMarks();
  }

  #refill(): void {
    const { scores, threshold } = this.#scores;
    const { size, seed } = this.#model.own!;
    const order = this.#model.get("order");
    this.#queue = reviewOrder(order, scores, threshold, size, (row) => this.#isOpen(row), seed);
    for (const row of this.#queue) this.#draws.delete(row);
    if (order === "random") {
      const lowest = lowestThreshold(scores, threshold);
      for (const row of this.#queue) this.#draws.set(row, lowest);
    }
    this.#number++;
    this.#tellMarks();
    this.#go(0);
  }

  #go(position: number): void {
    if (position === this.#model.get("position")) void this.#showWindow();
    else this.#model.commit({ position });
  }

  #tellMarks(): void {
    const { scores, threshold } = this.#scores;
    this.#model.commit({
      _marks: this.#queue.map((row) => this.#log.get(row)?.mark ?? ""),
      _flagged: this.#queue.map((row) => scores.scores[row] >= threshold),
      _counts: this.#log.counts,
      _can_undo: this.#log.last !== null,
    });
    this.#tellStatus();
  }

  #tellStatus(): void {
    const { scores, threshold } = this.#scores;
    this.#model.commit({ _status: precisionText(scores.reviewed(threshold)) });
  }

  #isOpen(row: number): boolean {
    return Number.isNaN(this.#scores.scores.labels[row]) && !this.#log.has(row);
  }

  #whyNone(): string {
    const { scores, threshold } = this.#scores;
    return whyNone({
      samples: scores.length,
      flagged: scores.flagged(threshold),
      isOpen: (row) => this.#isOpen(row),
      isMarked: (row) => this.#log.has(row),
    });
  }

  async #showWindow(): Promise<void> {
    const size = this.#model.own!.window;
    const position = this.#model.get("position");
    const { start: from, indices: shown, queue } = this.#model.get("_window");
    const margin = Math.floor(size / 4);
    const [first, last] = [Math.max(0, position - margin), Math.min(this.#queue.length, position + margin)];
    if (queue === this.#number && from <= first && last <= from + shown.length) return;
    const start = Math.max(0, Math.min(position - Math.floor(size / 2), this.#queue.length - size));
    const indices = this.#queue.slice(start, start + size);
    const { scores, threshold } = this.#scores;
    const made = {
      queue: this.#number,
      start,
      indices,
      scores: indices.map((row) => scores.scores[row]),
      drawn_from: indices.map((row) => this.#draws.get(row) ?? null),
      keys: indices.map((row) => this.#keyOf(row)),
      threshold,
      nothing: this.#queue.length ? "" : this.#whyNone(),
    };
    const mine = ++this.#latest;
    const pictures = await this.#pictured(indices).catch((error: Error) => ({
      ...{ pictures: [], tiles: {}, note: "", details: [] },
      error: error.message,
    }));
    if (mine === this.#latest) this.#model.commit({ _window: { ...made, ...pictures } });
  }
}
