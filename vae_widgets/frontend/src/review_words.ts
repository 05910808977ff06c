/** What a mark is called, and where a reviewer goes next. */

export type Mark = "" | "anomalous" | "normal" | "unsure";

export const SIGNS: Record<Mark, string> = { "": "", anomalous: "✓", normal: "✗", unsure: "?" };

/** In the words of alarms: only what was flagged is one. */
export function verdict(mark: Mark, flagged: boolean): string {
  if (mark === "anomalous") return flagged ? "true alarm" : "missed anomaly";
  if (mark === "normal") return flagged ? "false alarm" : "rightly not flagged";
  return mark;
}

/** The next sample without a mark, round to those before; where all have one, the next. */
export function nextOpen(marks: string[], from: number): number {
  const n = marks.length;
  for (let step = 1; step < n; step++) {
    const at = (from + step) % n;
    if (!marks[at]) return at;
  }
  return Math.max(0, Math.min(from + 1, n - 1));
}

/** The first of `count` places around `position` among `length`. */
export function firstShown(position: number, count: number, length: number): number {
  return Math.max(0, Math.min(position - Math.floor(count / 2), length - count));
}
