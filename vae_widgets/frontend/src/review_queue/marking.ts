/** Marking in the page: what is under way to the kernel, what is kept, and what is handed over. */

import type { AnyModel } from "@anywidget/types";
import { download, KeptBar } from "./kept_bar.ts";
import { now, ReviewKeep, withoutOrigin, type KeptMark, type Origin } from "./kept_marks.ts";
import { PendingMarks } from "./pending_marks.ts";
import type { Mark } from "./marks.ts";
import { send } from "../kernel/sync.ts";

/** Of the queued samples around the position: what the page has of them. */
export interface Window {
  /** Which making of the queue it is of. */
  queue: number;
  start: number;
  indices: number[];
  scores: number[];
  /** The threshold from which on each was drawn at random; null for one that was not. */
  drawn_from: (number | null)[];
}

interface State {
  _window: Window;
  _marks: Mark[];
  _counts: Record<string, number>;
  _can_undo: boolean;
  _origin: Origin;
}

export type Answer =
  | ({ kind: "mark" } & KeptMark)
  | { kind: "log"; marks: KeptMark[] }
  | { kind: "restored"; taken: number[]; left_out: number[]; why: string }
  | { kind: "refused"; index: number; why: string };

export class ReviewMarks {
  readonly bar: KeptBar;
  readonly #model: AnyModel<State>;
  readonly #pending = new PendingMarks();
  readonly #keep: ReviewKeep;
  #asked = false; // whether the kernel was asked to take up what is kept
  #taken: number[] = [];
  #leftOut: number[] = [];
  #why = "";

  constructor(model: AnyModel<State>, changed: () => void) {
    this.#model = model;
    this.#keep = new ReviewKeep(model.get("_origin"));
    const then = (act: () => void) => () => {
      act();
      changed();
    };
    this.bar = new KeptBar({
      takeUp: () => this.#handOver(this.#keep.others),
      takeAway: then(() => this.#takeAway()),
      forgetOffered: then(() => this.#keep.forget(this.#keep.others.map(({ index }) => index))),
      forgetLeftOut: then(() => {
        this.#keep.forget(this.#leftOut);
        this.#leftOut = [];
      }),
      dismiss: then(() => {
        this.#taken = [];
      }),
      save: () => this.save(),
    });
    // The answer says which marks the kernel has: the page hands over the others.
    send(model, { type: "log" });
  }

  /** The mark of each queued sample, as it will be when the kernel has answered. */
  get all(): Mark[] {
    const { queue, start, indices = [] } = this.#model.get("_window");
    return this.#pending.over(this.#model.get("_marks"), queue, start, indices);
  }

  get counts(): Record<string, number> {
    return this.#pending.counted(this.#model.get("_counts"));
  }

  get canUndo(): boolean {
    return this.#model.get("_can_undo") || Boolean(this.#pending.last);
  }

  mark(position: number, as: Mark): void {
    const { queue, start, indices, scores, drawn_from } = this.#model.get("_window");
    const before = this.all[position];
    if (before === as) return;
    const at = position - start;
    const index = indices[at];
    const made = { index, score: scores[at], mark: as, time: now(), drawn_from: drawn_from[at] };
    const keptBefore = this.#keep.get(index);
    this.#keep.add(made);
    const post = send(this.#model, { type: "mark", ...made });
    this.#pending.add({ ...made, position, queue, before, keptBefore, post });
  }

  /** Take the last step back. Returns where its sample is, null if the kernel will say. */
  undo(): number | null {
    const { last } = this.#pending;
    if (!last) {
      if (this.canUndo && send(this.#model, { type: "undo" }).cancel()) {
        throw new Error("The kernel has this step and does not answer. C clears the mark of a sample.");
      }
      return null;
    }
    this.#pending.pop();
    this.#keep.restore(last.index, last.keptBefore);
    // If it has left the page, the kernel takes it back.
    if (!last.post.cancel()) send(this.#model, { type: "undo" });
    return last.queue === this.#model.get("_window").queue ? last.position : null;
  }

  /** Take an answer of the kernel. Returns why it refused a mark, "" if it did not. */
  take(answer: Answer): string {
    if (answer.kind === "mark") {
      this.#keep.confirm(answer);
      this.#pending.confirm(answer.index, answer.mark);
    } else if (answer.kind === "log") {
      this.#keep.confirmAll(answer.marks);
      // What is under way arrives by itself.
      if (!this.#asked) this.#handOver(this.#keep.lost.filter(({ index }) => !this.#pending.has(index)));
      this.#asked = true;
    } else if (answer.kind === "restored") {
      ({ taken: this.#taken, left_out: this.#leftOut, why: this.#why } = answer);
    } else if (answer.kind === "refused") {
      this.#pending.refuse(answer.index);
      this.#keep.forget([answer.index]);
      return answer.why;
    }
    return "";
  }

  /** Offer all marks as a file. */
  save(): void {
    download(this.#keep.csv(), "marks.csv", "text/csv");
  }

  showBar(silent: boolean): void {
    this.bar.show({
      waiting: silent ? this.#pending.count : 0,
      offered: this.#asked ? this.#keep.others.length : 0,
      taken: this.#taken.length,
      leftOut: this.#leftOut.length,
      why: this.#why,
    });
  }

  #handOver(kept: KeptMark[]): void {
    const marks = kept.map(withoutOrigin);
    if (marks.length) send(this.#model, { type: "restore", marks });
  }

  #takeAway(): void {
    const kept = this.#taken.map((index) => this.#keep.get(index)!);
    this.#handOver(kept.map((mark) => ({ ...mark, mark: "", time: now() })));
    this.#taken = [];
  }
}
