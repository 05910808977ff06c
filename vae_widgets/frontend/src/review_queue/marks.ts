/** What a mark is called, where a reviewer goes next, and what is said at the end. */

import { whole } from "../format/numbers.ts";

export type Mark = "" | "anomalous" | "normal" | "unsure";

export const SIGNS: Record<Mark, string> = { "": "", anomalous: "✓", normal: "✗", unsure: "?" };

/** In the words of alarms: only what was flagged is one. */
export function verdict(mark: Mark, flagged: boolean): string {
  if (mark === "anomalous") return flagged ? "true alarm" : "missed anomaly";
  if (mark === "normal") return flagged ? "false alarm" : "rightly not flagged";
  return mark;
}

/** The next sample without a mark, round to those before; where all have one, the end. */
export function nextOpen(marks: string[], from: number): number {
  const n = marks.length;
  for (let step = 1; step < n; step++) {
    const at = (from + step) % n;
    if (!marks[at]) return at;
  }
  return marks[from] || from >= n ? n : from;
}

/** The first of `count` places around `position` among `length`. */
export function firstShown(position: number, count: number, length: number): number {
  return Math.max(0, Math.min(position - Math.floor(count / 2), length - count));
}

/** Lines for the end of the queue: what is marked, what is known by it, and what comes next. */
export function summary(marks: Mark[], counts: Record<string, number>, status: string): string[] {
  const { anomalous = 0, normal = 0, unsure = 0 } = counts;
  const n = marks.length;
  const open = marks.filter((mark) => !mark).length;
  let title = `End of the queue: all ${whole(n)} samples have a mark.`;
  if (open) title = `End of the queue: ${whole(open)} of ${whole(n)} samples have no mark yet.`;
  if (!n) title = "No sample is left to review in this order.";
  return [
    title,
    `Marked in all: ${whole(anomalous)} anomalous, ${whole(normal)} normal, ${whole(unsure)} unsure.`,
    status,
    `${n ? "Go on with the next samples" : "Choose another order"}, or move the threshold: the queue follows it.`,
  ];
}
