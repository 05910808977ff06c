/** What Python does behind the widgets, done in the page. */

import type { PageModel } from "../page_model.ts";
import { linkExplorer } from "./explorer.ts";
import { HistogramKernel } from "./histogram.ts";
import type { Parts } from "./parts.ts";
import { SamplePictures, type CarriedPictures } from "./pictures.ts";
import { ReviewKernel } from "./review.ts";
import { reviewedScores } from "./reviewed_scores.ts";
import { Samples, type WireSamples } from "./samples.ts";
import { ThresholdCurvesKernel } from "./threshold_curves.ts";

export interface Carried {
  /** Null for what is damaged. */
  samples: (WireSamples | null)[];
  pictures: (CarriedPictures | null)[];
}

/** Let the models of a page answer. Returns why some cannot. */
export function startKernel(models: Map<string, PageModel>, carried: Carried): string[] {
  const problems: string[] = [];
  const samples = carried.samples.map((one) => one && new Samples(one));
  const pictures = carried.pictures.map((one) => new SamplePictures(one, samples));
  const parts: Parts = {
    model: (id) => {
      const found = models.get(id.replace("IPY_MODEL_", ""));
      return found?.own ? found : null;
    },
    pictures: (number) => pictures[number],
  };
  const each = <T>(kind: string, start: (model: PageModel) => T): Map<string, T> => {
    const started = new Map<string, T>();
    for (const model of models.values()) {
      if (!model.own || !model.kinds.includes(kind)) continue;
      try {
        started.set(model.id, start(model));
      } catch (error) {
        problems.push(`${model.kinds[0]} shows what was saved, and answers nothing: ${(error as Error).message}`);
      }
    }
    return started;
  };
  const histograms = each("AnomalyHistogram", (model) => new HistogramKernel(model, parts));
  each("ThresholdCurves", (model) => {
    const histogram = [...histograms.values()].find(({ canvas }) => canvas.id === model.own!.canvas);
    return histogram && new ThresholdCurvesKernel(model, parts, histogram);
  });
  each("ReviewQueue", (model) => {
    const scores = histograms.get(model.own!.histogram) ?? reviewedScores(model);
    const { pictures } = model.own!;
    const pictured = async (rows: number[]) => {
      const tiles = pictures === null || !rows.length ? {} : await parts.pictures(pictures).of(rows);
      return { pictures: "png" in tiles ? ["input"] : [], tiles, note: "", details: [], error: "" };
    };
    return new ReviewKernel(model, scores, pictured);
  });
  each("Explorer", (model) => linkExplorer(model, parts, histograms.get(model.own!.histogram)!, () => {}));
  return problems;
}
