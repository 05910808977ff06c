/** Why no sample is queued, and what to do: `why_none` in core/review/candidates.py. */

import { counted } from "../format/numbers.ts";

interface Candidates {
  /** How many samples there are, and how many of them are flagged. */
  samples: number;
  flagged: number;
  /** Whether a sample has neither a label nor a mark. */
  isOpen(row: number): boolean;
  isMarked(row: number): boolean;
}

export function whyNone({ samples, flagged, isOpen, isMarked }: Candidates): string {
  const rows = Array.from({ length: samples }, (_, row) => row);
  if (rows.some(isOpen)) {
    if (!flagged) return "No sample is flagged. Lower the threshold, or choose another order.";
    const all = `${counted(flagged, "flagged sample")}, each with a label or a mark.`;
    return `${all} Lower the threshold, or choose another order, to review others.`;
  }
  const all = counted(samples, "sample");
  if (rows.every(isMarked)) return `${all}, each with a mark: none is left to review.`;
  return (
    `${all}, each with a label: none is left to review. To review them, make the histogram without ` +
    "labels, or with None for those to review."
  );
}
