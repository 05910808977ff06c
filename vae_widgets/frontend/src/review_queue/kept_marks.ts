/**
 * Marks of a review that outlive its kernel: the browser keeps every mark made or confirmed in it,
 * under the scores that it belongs to (widgets/review_queue/widget.py).
 */

import { csvCell } from "../format/csv.ts";
import { recall, remember } from "../storage/browser_store.ts";
import type { Mark } from "./marks.ts";

/** A mark as in the kernel and in `ReviewQueue.save`; "" if it was removed. */
export interface KeptMark {
  index: number;
  score: number;
  mark: Mark;
  /** ISO 8601 in UTC, to the second. */
  time: string;
  /** The sample was drawn at random from the scores at or above this; null if not at random. */
  drawn_from: number | null;
  /** Its entry in the pandas index, as text; null without one. */
  key?: string | null;
}

/** Which scores, which queue of them, and which kernel. */
export interface ReviewOrigin {
  scores: string;
  queue: string;
  kernel: string;
}

/** A kept mark with the queue and the kernel that confirmed it; "" before that. */
export type StoredMark = KeptMark & { queue: string; kernel: string };

const MARKS = ["anomalous", "normal", "unsure", ""];

export class KeptMarks {
  readonly #origin: ReviewOrigin;
  readonly #name: string;
  #marks = new Map<number, StoredMark>();
  /** Whether the browser stores them. */
  #stored = true;

  constructor(origin: ReviewOrigin) {
    this.#origin = origin;
    this.#name = `review:${origin.scores}`;
    this.#read();
  }

  get(index: number): StoredMark | undefined {
    return this.#marks.get(index);
  }

  /** Keep a mark that was made here; no kernel has it yet. */
  add(mark: KeptMark): void {
    this.#change((marks) => marks.set(mark.index, { ...mark, queue: "", kernel: "" }));
  }

  /** Restore the kept mark of a sample. */
  restore(index: number, before: StoredMark | undefined): void {
    this.#change((marks) => (before ? marks.set(index, before) : marks.delete(index)));
  }

  /** The kernel has this mark. */
  confirm(mark: KeptMark): void {
    this.#change((marks) => this.#take(marks, mark));
  }

  /** The kernel has these marks in this queue, and no others. */
  confirmAll(all: KeptMark[]): void {
    const had = new Set(all.map(({ index }) => index));
    this.#change((marks) => {
      for (const { index, queue } of [...marks.values()]) {
        if (queue === this.#origin.queue && !had.has(index)) marks.delete(index);
      }
      for (const mark of all) this.#take(marks, mark);
    });
  }

  /** Delete the marks of these samples. */
  forget(indices: number[]): void {
    if (!indices.length) return;
    this.#change((marks) => {
      for (const index of indices) marks.delete(index);
    });
  }

  /** Marks that no running kernel has: none of them may be lost. */
  get lost(): KeptMark[] {
    return this.#of(({ kernel }) => kernel !== this.#origin.kernel);
  }

  /** Marks of another queue of the same scores in this kernel. */
  get others(): KeptMark[] {
    const { queue, kernel } = this.#origin;
    return this.#of((mark) => mark.kernel === kernel && mark.queue !== queue);
  }

  /** All marks as the CSV file that `ReviewQueue.load` reads. */
  csv(): string {
    const labels: Record<string, string> = { anomalous: "1", normal: "0", unsure: "" };
    const marks = this.#of(({ mark }) => mark !== "");
    const hasKeys = marks.some(({ key }) => typeof key === "string");
    const rows = marks.map(({ index, score, mark, time, drawn_from, key }) => {
      const cells = [index, score, labels[mark], mark, csvCell(time), drawn_from ?? ""];
      return (hasKeys ? [...cells, csvCell(key ?? "")] : cells).join(",");
    });
    return [`index,score,label,mark,time,drawn_from${hasKeys ? ",key" : ""}`, ...rows, ""].join("\n");
  }

  #of(which: (mark: StoredMark) => boolean): KeptMark[] {
    return [...this.#marks.values()].filter(which);
  }

  #take(marks: Map<number, StoredMark>, mark: KeptMark): void {
    const { queue, kernel } = this.#origin;
    const kept = marks.get(mark.index);
    if (kept?.queue === "" && kept.mark !== mark.mark) return; // a newer one is on its way
    if (mark.mark) marks.set(mark.index, { ...mark, queue, kernel });
    else marks.delete(mark.index);
  }

  /** Change the kept marks; other widgets of the page may have changed them since. */
  #change(act: (marks: Map<number, StoredMark>) => void): void {
    this.#read();
    act(this.#marks);
    this.#stored = remember(this.#name, this.#marks.size ? [...this.#marks.values()] : null);
  }

  #read(): void {
    if (!this.#stored) return;
    const kept = recall<unknown>(this.#name);
    const good = Array.isArray(kept) ? kept.filter(isKept) : [];
    this.#marks = new Map(good.map((mark) => [mark.index, mark]));
  }
}

/** Whether a value is a valid kept mark: any page may write to the storage. */
function isKept(value: any): value is StoredMark {
  if (typeof value !== "object" || value === null) return false;
  const { index, score, mark, time, drawn_from = null, key = null, queue, kernel } = value;
  return (
    Number.isSafeInteger(index) && index >= 0 &&
    Number.isFinite(score) &&
    MARKS.includes(mark) &&
    typeof time === "string" && time.length <= 100 &&
    (drawn_from === null || Number.isFinite(drawn_from)) &&
    (key === null || typeof key === "string") &&
    typeof queue === "string" && typeof kernel === "string"
  );
}

/** A mark for the kernel, which knows its key; an old kept mark has no `drawn_from`. */
export function forKernel({ index, score, mark, time, drawn_from = null }: KeptMark): Omit<KeptMark, "key"> {
  return { index, score, mark, time, drawn_from };
}

/** The time now, in the format of the kernel. */
export function now(): string {
  return `${new Date().toISOString().slice(0, 19)}+00:00`;
}
