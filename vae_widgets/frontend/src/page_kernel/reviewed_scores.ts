/** The scores of a ReviewQueue whose histogram is not in the page: the threshold stays. */

import { readArray } from "../kernel/arrays.ts";
import type { PageModel } from "./page_model.ts";
import { LabelledScores } from "./labelled_scores.ts";
import type { ReviewedScores } from "./review.ts";

export function reviewedScores(model: PageModel): ReviewedScores {
  const { scores, labels, drawn_from, threshold } = model.own!;
  const followers: (() => void)[] = [];
  const floats = (wire: any) => wire && readArray<Float64Array>(wire);
  const labelled = new LabelledScores(floats(scores), floats(labels), floats(drawn_from));
  return {
    scores: labelled,
    threshold,
    label(rows, values, drawn) {
      labelled.label(rows, values, drawn);
      for (const call of followers) call();
    },
    whenThresholdChanges() {},
    whenLabelsChange: (call) => void followers.push(call),
  };
}
