/** Names of marks, the next sample to review, and the summary at the end. */

import { counted, whole } from "../format/numbers.ts";

export type Mark = "" | "anomalous" | "normal" | "unsure";

/** What the signs mean, as below the histogram. */
export const SIGNS = ["✓ the threshold is right,", "✗ wrong"];

/** Whether the threshold is right about a sample, by its mark. */
export function sign(mark: Mark, flagged: boolean): string {
  if (mark === "unsure") return "?";
  return mark && ((mark === "anomalous") === flagged ? "✓" : "✗");
}

/** The mark in words; only a flagged sample is an alarm. */
export function verdict(mark: Mark, flagged: boolean): string {
  if (mark === "anomalous") return flagged ? "true alarm" : "missed anomaly";
  if (mark === "normal") return flagged ? "false alarm" : "rightly not flagged";
  return mark;
}

/** The next sample without a mark, also before `position`; the end if all have one. */
export function nextOpen(marks: string[], from: number): number {
  const n = marks.length;
  for (let step = 1; step < n; step++) {
    const at = (from + step) % n;
    if (!marks[at]) return at;
  }
  return marks[from] || from >= n ? n : from;
}

/** The first of `count` positions around `position`, of `length` in all. */
export function firstShown(position: number, count: number, length: number): number {
  return Math.max(0, Math.min(position - Math.floor(count / 2), length - count));
}

/** Lines of the summary: the marks, or why there are none, their result, and the next step. */
export function summary(marks: Mark[], counts: Record<string, number>, status: string, nothing: string): string[] {
  const { anomalous = 0, normal = 0, unsure = 0 } = counts;
  const n = marks.length;
  const open = marks.filter((mark) => !mark).length;
  const marked = `Marked in all: ${whole(anomalous)} anomalous, ${whole(normal)} normal, ${whole(unsure)} unsure.`;
  if (!n) return [nothing, marked, status];
  let title = `End of the queue: ${counted(n, "sample")}, all with a mark.`;
  if (open) title = `End of the queue: ${counted(open, "sample")} of ${whole(n)} without a mark.`;
  return [title, marked, status, "Continue with the next samples, or move the threshold: the queue follows it."];
}
