/** The marks in force, and the way back (core/review/log.py). */

import type { KeptMark } from "../review_queue/kept_marks.ts";

export class MarkLog {
  readonly #marks: Map<number, KeptMark>;
  /** The sample of each step, and its mark before. */
  #before: [number, KeptMark | undefined][] = [];

  constructor(marks: KeptMark[]) {
    this.#marks = new Map(marks.map((mark) => [mark.index, mark]));
  }

  get marks(): KeptMark[] {
    return [...this.#marks.values()];
  }

  has(index: number): boolean {
    return this.#marks.has(index);
  }

  get(index: number): KeptMark | undefined {
    return this.#marks.get(index);
  }

  /** The step that `undo` undoes. */
  get last(): { index: number; mark: string } | null {
    const step = this.#before.at(-1);
    return step ? { index: step[0], mark: this.get(step[0])?.mark ?? "" } : null;
  }

  set(mark: KeptMark): void {
    this.#before.push([mark.index, this.#marks.get(mark.index)]);
    this.#put(mark.index, mark);
  }

  /** Take the last step back; null if there is none. */
  undo(): number | null {
    const step = this.#before.pop();
    if (!step) return null;
    this.#put(...step);
    return step[0];
  }

  /** Add marks of an earlier session, which `undo` leaves alone. */
  restore(marks: KeptMark[]): void {
    for (const mark of marks) this.#put(mark.index, mark);
    const restored = new Set(marks.map(({ index }) => index));
    this.#before = this.#before.filter(([index]) => !restored.has(index));
  }

  get counts(): Record<string, number> {
    const counts: Record<string, number> = { anomalous: 0, normal: 0, unsure: 0 };
    for (const { mark } of this.#marks.values()) counts[mark]++;
    return counts;
  }

  #put(index: number, mark: KeptMark | undefined): void {
    this.#marks.delete(index);
    if (mark?.mark) this.#marks.set(index, mark);
  }
}
