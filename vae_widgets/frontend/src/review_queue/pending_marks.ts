/** Marks made in this view that the kernel has not confirmed yet, in order. */

import type { Post } from "../kernel/channel.ts";
import type { StoredMark, KeptMark } from "./kept_marks.ts";
import type { Mark } from "./marks.ts";

export interface PendingMark extends KeptMark {
  /** The position of the sample, and the number of the queue. */
  position: number;
  queue: number;
  /** The mark of the sample before, and its kept mark. */
  before: Mark;
  keptBefore: StoredMark | undefined;
  post: Post;
}

export class PendingMarks {
  #marks: PendingMark[] = [];

  get count(): number {
    return new Set(this.#marks.map(({ index }) => index)).size;
  }

  get last(): PendingMark | undefined {
    return this.#marks.at(-1);
  }

  has(index: number): boolean {
    return this.#marks.some((mark) => mark.index === index);
  }

  add(mark: PendingMark): void {
    this.#marks.push(mark);
  }

  /** Remove the last one. */
  pop(): void {
    this.#marks.pop();
  }

  /** The kernel has confirmed this mark. */
  confirm(index: number, mark: Mark): void {
    const at = this.#marks.findIndex((pending) => pending.index === index && pending.mark === mark);
    if (at >= 0) this.#marks.splice(at, 1);
  }

  /** The kernel refuses the mark of this message. Returns its sample, which has no mark now. */
  refuse(seq: number): number | undefined {
    const refused = this.#marks.find(({ post }) => post.seq === seq)?.index;
    this.#marks = this.#marks.filter(({ index }) => index !== refused);
    return refused;
  }

  /** The marks of a queue including these; `indices` are its samples from position `start` on. */
  over(marks: Mark[], queue: number, start: number, indices: number[]): Mark[] {
    const all = [...marks];
    for (const pending of this.#marks) {
      const found = indices.indexOf(pending.index);
      const position = pending.queue === queue ? pending.position : found < 0 ? -1 : start + found;
      if (position in all) all[position] = pending.mark;
    }
    return all;
  }

  /** Number of samples with each mark, including these. */
  counted(counts: Record<string, number>): Record<string, number> {
    const sum = { ...counts };
    for (const { mark, before } of this.#marks) {
      if (before) sum[before] = (sum[before] ?? 0) - 1;
      if (mark) sum[mark] = (sum[mark] ?? 0) + 1;
    }
    return sum;
  }
}
