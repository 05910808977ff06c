/** Marks that were made in this view and that the kernel has not confirmed yet, in order. */

import type { Post } from "../kernel/channel.ts";
import type { Kept, KeptMark } from "./kept_marks.ts";
import type { Mark } from "./marks.ts";

export interface PendingMark extends KeptMark {
  /** Where in the queue the sample is, and in which making of the queue. */
  position: number;
  queue: number;
  /** What the sample's mark was, and what was kept of it. */
  before: Mark;
  keptBefore: Kept | undefined;
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

  /** Take the last one out. */
  pop(): void {
    this.#marks.pop();
  }

  /** The kernel has made this mark. */
  confirm(index: number, mark: Mark): void {
    const at = this.#marks.findIndex((pending) => pending.index === index && pending.mark === mark);
    if (at >= 0) this.#marks.splice(at, 1);
  }

  /** The kernel refuses to mark this sample. */
  refuse(index: number): void {
    this.#marks = this.#marks.filter((pending) => pending.index !== index);
  }

  /** The marks of a queue with these laid over them; `indices` are samples from number `start` on. */
  over(marks: Mark[], queue: number, start: number, indices: number[]): Mark[] {
    const all = [...marks];
    for (const pending of this.#marks) {
      const found = indices.indexOf(pending.index);
      const position = pending.queue === queue ? pending.position : found < 0 ? -1 : start + found;
      if (position in all) all[position] = pending.mark;
    }
    return all;
  }

  /** How many samples have each mark, when these are confirmed. */
  counted(counts: Record<string, number>): Record<string, number> {
    const sum = { ...counts };
    for (const { mark, before } of this.#marks) {
      if (before) sum[before] = (sum[before] ?? 0) - 1;
      if (mark) sum[mark] = (sum[mark] ?? 0) + 1;
    }
    return sum;
  }
}
