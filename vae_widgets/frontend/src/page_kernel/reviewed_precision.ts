/** How precise all alerts are, judged by the reviewed ones (core/scores/reviewed_precision.py). */

import { counted, whole } from "../format/numbers.ts";

export interface ReviewedPrecision {
  precision: number;
  low: number;
  high: number;
  flagged: number;
  labelled: number;
  drawn: number;
}

/** Of a normal distribution: 95 % lie within this many deviations. */
const Z = 1.959963984540054;

/** `labelled` and `drawn`: how many flagged samples are normal, and anomalous. */
export function reviewedPrecision(flagged: number, labelled: number[], drawn: number[]): ReviewedPrecision {
  const known = labelled[1] - drawn[1];
  const n = { labelled: labelled[0] + labelled[1], drawn: drawn[0] + drawn[1] };
  const rest = flagged - (n.labelled - n.drawn);
  const [low, middle, high] = shares(drawn[1], n.drawn, rest).map((share) => (known + rest * share) / flagged);
  const found = { flagged, ...n };
  return flagged ? { precision: middle, low, high, ...found } : { precision: NaN, low: 0, high: 1, ...found };
}

/** Low end, share and high end of the anomalous ones, where `n` of `of` were drawn. */
function shares(anomalous: number, n: number, of: number): [number, number, number] {
  if (!of) return [0, 0, 0];
  if (!n) return [0, NaN, 1];
  const share = anomalous / n;
  if (n === of) return [share, share, share];
  const effective = n / (1 - n / of);
  const part = share * effective;
  return [Math.min(wilson(part, effective, Z), share), share, Math.max(wilson(part, effective, -Z), share)];
}

/** A bound of Wilson's interval of a share: the lower one for a positive `z`. */
function wilson(part: number, of: number, z: number): number {
  if ((part === 0 && z > 0) || (part === of && z < 0)) return part / of;
  const share = part / of;
  const centre = (share + z ** 2 / (2 * of)) / (1 + z ** 2 / of);
  const reach = (z / (1 + z ** 2 / of)) * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  return Math.min(1, Math.max(0, centre - reach));
}

/** What is known of the precision of all that is flagged, in the words of Python. */
export function precisionText({ precision, low, high, flagged, labelled, drawn }: ReviewedPrecision): string {
  if (!flagged) return "No sample is flagged: the precision is undefined.";
  if (!labelled) return `${counted(flagged, "flagged sample")}, none with a label yet.`;
  const span = `${low.toFixed(3)} to ${high.toFixed(3)}`;
  const name = `Precision of all ${whole(flagged)} flagged`;
  if (labelled === flagged) return `${name}: ${precision.toFixed(3)}; all of them have a label.`;
  if (!drawn) {
    const [were, they] = labelled === 1 ? ["was", "it says"] : ["were", "they say"];
    return (
      `${name}: from ${span}. The ${counted(labelled, "labelled sample")} ${were} not drawn at random, ` +
      `so ${they} nothing about the others. Review some in random order for an estimate.`
    );
  }
  return `${name}: ${precision.toFixed(3)}, 95 % interval ${span}, judged by ${whole(drawn)} drawn at random.`;
}
