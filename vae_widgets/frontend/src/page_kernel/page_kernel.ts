/** What Python does behind the widgets, done in the page. */

import type { InPageModel } from "../model/in_page_model.ts";
import type { PageModel } from "./page_model.ts";
import { Decoder } from "./decoder.ts";
import { linkExplorer } from "./explorer.ts";
import { HistogramKernel } from "./histogram.ts";
import type { Parts } from "./parts.ts";
import { SamplePictures, type CarriedPictures } from "./pictures.ts";
import { ReviewKernel } from "./review.ts";
import { reviewPictures } from "./review_pictures.ts";
import { reviewedScores } from "./reviewed_scores.ts";
import { Samples, type WireSamples } from "./samples.ts";
import { ScatterKernel } from "./scatter.ts";
import { scoreOf, type ScoreFormula, type ScoreOf } from "./score.ts";
import { SliderKernel } from "./slider.ts";
import { ThresholdCurvesKernel } from "./threshold_curves.ts";

export interface Carried {
  /** Null for what is damaged. */
  samples: (WireSamples | null)[];
  pictures: (CarriedPictures | null)[];
  /** The models that run, by their names. */
  inPageModels: Map<string, InPageModel>;
}

export interface PageKernel {
  /** Why some models do not answer. */
  problems: string[];
  /** A scatter whose model encodes, and the scores of its samples. */
  encoding: { scatter: ScatterKernel; scoring: Scoring | null } | null;
}

/** What is known of the scores of samples. */
export interface Scoring {
  /** The score of a sample, from its reconstruction and q(z | x); null where only Python knows it. */
  scoreOf: ScoreOf | null;
  name: string;
  /** From which score on a sample is flagged; null where that is not known. */
  threshold(): number | null;
}

/** Let the models of a page answer. */
export function startKernel(models: Map<string, PageModel>, carried: Carried): PageKernel {
  const problems: string[] = [];
  const samples = carried.samples.map((one) => one && new Samples(one));
  const pictures = carried.pictures.map((one) => new SamplePictures(one, samples));
  const parts: Parts = {
    model: (id) => {
      const found = models.get(id.replace("IPY_MODEL_", ""));
      return found?.own ? found : null;
    },
    pictures(number) {
      const found = pictures[number];
      if (!found) throw new Error("the pictures of its samples are missing. The page was changed after it was saved.");
      return found;
    },
    inPageModel: (name) => carried.inPageModels.get(name) ?? null,
    decoder(name, renderer) {
      const model = carried.inPageModels.get(name);
      return model ? new Decoder(model, renderer) : null;
    },
  };
  const each = <T>(kind: string, start: (model: PageModel) => T): Map<string, T> => {
    const started = new Map<string, T>();
    for (const model of models.values()) {
      if (!model.own || !model.kinds.includes(kind)) continue;
      try {
        started.set(model.id, start(model));
      } catch (error) {
        // A part that is not there is met as null or undefined.
        const why = error instanceof TypeError ? "a part that it needs is damaged." : (error as Error).message;
        problems.push(`${model.kinds[0]} shows what was saved, and answers nothing: ${why}`);
      }
    }
    return started;
  };
  const scatters = each("LatentScatter", (model) => new ScatterKernel(model, parts));
  each("InterpolationSlider", (model) => {
    const scatter = [...scatters.values()].find((one) => one.model.get("_path").slider === model.id);
    return new SliderKernel(model, parts, scatter ?? null);
  });
  const histograms = each("AnomalyHistogram", (model) => new HistogramKernel(model, parts));
  each("ThresholdCurves", (model) => {
    const histogram = [...histograms.values()].find(({ canvas }) => canvas.id === model.own!.canvas);
    return histogram && new ThresholdCurvesKernel(model, parts, histogram);
  });
  each("CurveLegend", (model) => model.handle("history", () => ({ csv: model.own!.csv })));
  each("ReviewQueue", (model) => {
    const scores = histograms.get(model.own!.histogram) ?? reviewedScores(model);
    return new ReviewKernel(model, scores, reviewPictures(model, parts));
  });
  let scoring: Scoring | null = null;
  each("Explorer", (model) => {
    const histogram = histograms.get(model.own!.histogram)!;
    const formula = model.own!.score as ScoreFormula | null;
    scoring = {
      scoreOf: formula && ((...sample) => scoreOf(formula, ...sample)),
      name: histogram.canvas.get("score_name"),
      threshold: () => histogram.threshold,
    };
    linkExplorer(model, parts, histogram, (row) => scatters.get(model.own!.scatter)!.pick(row));
  });

  const encoding = [...scatters.values()].find(({ encoder }) => encoder);
  return { problems, encoding: encoding ? { scatter: encoding, scoring } : null };
}
