/** Marking in the page: sends marks to the kernel, keeps them in the browser, and restores them. */

import type { AnyModel } from "@anywidget/types";
import { KeptBar } from "./kept_bar.ts";
import { now, KeptMarks, forKernel, type KeptMark, type ReviewOrigin } from "./kept_marks.ts";
import { PendingMarks } from "./pending_marks.ts";
import type { Mark } from "./marks.ts";
import { saveFile } from "../controls/export_menu.ts";
import { Channel } from "../kernel/channel.ts";
import { pushState, send } from "../kernel/sync.ts";

export const MARKS_FILE = "marks.csv";

/** The queued samples around the position that the page has. */
export interface QueueWindow {
  /** Number of the queue, which grows each time it is filled. */
  queue: number;
  start: number;
  indices: number[];
  scores: number[];
  /** Each was drawn at random from the scores at or above this; null if not at random. */
  drawn_from: (number | null)[];
  /** Their entries in the pandas index, as text; null without one. */
  keys: (string | null)[];
}

interface State {
  position: number;
  _window: QueueWindow;
  _marks: Mark[];
  _counts: Record<string, number>;
  _can_undo: boolean;
  _origin: ReviewOrigin;
}

export class Marking {
  readonly bar: KeptBar;
  readonly #model: AnyModel<State>;
  readonly #pending = new PendingMarks();
  readonly #keep: KeptMarks;
  /** Steps that were undone, which `redo` repeats. */
  #undone: { index: number; mark: Mark }[] = [];
  #asked = false; // whether the kernel was asked to restore the kept marks
  #taken: number[] = [];
  #leftOut: number[] = [];
  #why = "";
  readonly #stopMessages: () => void;

  /** `changed` gets why the kernel refused a mark, if it did. */
  constructor(model: AnyModel<State>, changed: (failure?: string) => void) {
    this.#model = model;
    this.#keep = new KeptMarks(model.get("_origin"));
    const then = <T = void>(act: (message: T) => void) => (message: T) => {
      act(message);
      changed();
    };
    this.bar = new KeptBar({
      restore: () => this.#handOver(this.#keep.others),
      remove: then(() => this.#remove()),
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
    this.#stopMessages = Channel.of(model).listen({
      marked: then((mark) => {
        this.#keep.confirm(mark as KeptMark);
        this.#pending.confirm(mark.index!, mark.mark!);
      }),
      undo: ({ index = -1, mark = "" }) => index >= 0 && this.#undone.push({ index, mark }),
      mark: ({ seq, error }) => changed(this.#refuse(seq!) ? error : ""),
      log: then(({ marks = [] }) => this.#takeLog(marks)),
      restore: then(({ taken = [], left_out = [], why = "" }) => {
        this.#taken = taken;
        this.#leftOut = left_out;
        this.#why = why;
      }),
    });
    // The answer lists the marks of the kernel: the page then sends the others.
    send(model, "log", {});
  }

  /** The mark of each queued sample, including marks that the kernel has not confirmed. */
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
    this.#undone = [];
    this.#mark(position, as);
  }

  #mark(position: number, as: Mark): void {
    const { queue, start, indices, scores, drawn_from, keys } = this.#model.get("_window");
    const before = this.all[position];
    if (before === as) return;
    const at = position - start;
    const index = indices[at];
    const made = { index, score: scores[at], mark: as, time: now(), drawn_from: drawn_from[at], key: keys?.[at] };
    const keptBefore = this.#keep.get(index);
    this.#keep.add(made);
    const post = send(this.#model, "mark", { index, mark: as, time: made.time });
    this.#pending.add({ ...made, position, queue, before, keptBefore, post });
  }

  /** Undo the last step. Returns the position of its sample, or null if the kernel will send it. */
  undo(): number | null {
    const { last } = this.#pending;
    // Before the kernel shows the sample of the step, it must know which one is shown.
    pushState(this.#model, "position");
    if (!last) {
      if (this.canUndo && send(this.#model, "undo", {}).cancel()) {
        throw new Error("The kernel has this step and does not answer. C clears the mark of a sample.");
      }
      return null;
    }
    this.#pending.pop();
    this.#keep.restore(last.index, last.keptBefore);
    // A mark that was already sent is undone by the kernel.
    if (last.post.cancel()) this.#undone.push(last);
    else send(this.#model, "undo", {});
    return last.queue === this.#model.get("_window").queue ? last.position : null;
  }

  /** All marks as a file, which `ReviewQueue.load` reads. */
  file(): Blob {
    return new Blob([this.#keep.csv()], { type: "text/csv;charset=utf-8" });
  }

  /** Do what was undone last again. Returns the position of its sample; null if it is not in sight. */
  redo(): number | null {
    const step = this.#undone.pop();
    const { start, indices } = this.#model.get("_window");
    const at = indices.indexOf(step?.index ?? -1);
    if (at < 0) return null;
    this.#mark(start + at, step!.mark);
    return start + at;
  }

  /** Download all marks. */
  save(): void {
    saveFile(MARKS_FILE, this.file());
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

  close(): void {
    this.#stopMessages();
  }

  #takeLog(marks: KeptMark[]): void {
    this.#keep.confirmAll(marks);
    // Pending marks are sent anyway.
    if (!this.#asked) this.#handOver(this.#keep.lost.filter(({ index }) => !this.#pending.has(index)));
    this.#asked = true;
  }

  /** The kernel refused the mark of a message; false if that was made by another view. */
  #refuse(seq: number): boolean {
    const index = this.#pending.refuse(seq);
    if (index !== undefined) this.#keep.forget([index]);
    return index !== undefined;
  }

  #handOver(kept: KeptMark[]): void {
    const marks = kept.map(forKernel);
    if (marks.length) send(this.#model, "restore", { marks });
  }

  #remove(): void {
    const kept = this.#taken.map((index) => this.#keep.get(index)!);
    this.#handOver(kept.map((mark) => ({ ...mark, mark: "", time: now() })));
    this.#taken = [];
  }
}
