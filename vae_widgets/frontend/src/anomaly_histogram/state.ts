/** The traits of HistogramCanvas (widgets/anomaly_histogram/histogram_canvas.py) in the page. */

import type { AnyModel } from "@anywidget/types";
import { readArray, type WireArray } from "../kernel/arrays.ts";
import { ScoreCounts, type WireGrid } from "./counts.ts";
import type { Histogram } from "./layers.ts";
import type { Method, Parameters } from "./method_field.ts";

export interface State {
  threshold: number;
  class_names: string[];
  score_name: string;
  method: string;
  status: string;
  /** A warning if the labels contradict the scores; empty for none. */
  warning: string;
  methods: Method[];
  parameters: Parameters;
  log_counts: boolean;
  full_range: boolean;
  operating_points: string[];
  followers: string[];
  outlined: string[];
  /** Samples by ascending score, once a scatter outlines what is flagged. */
  _order: WireArray;
  point_axes: [string, string][];
  costs: number[];
  _grid: WireGrid;
  _selected: { total: number; at_or_above: WireArray };
  /**
   * Counts of the threshold. `above` is the score that it lies right above, if there is one;
   * `around` the highest score below it and the lowest from it on; `reviewed` is precision, low and high.
   */
  _counted: {
    threshold: number;
    at_or_above: number[];
    above: number | null;
    around: (number | null)[];
    reviewed: (number | null)[] | null;
  };
}

export function readHistogram(model: AnyModel<State>): Histogram {
  const grid = model.get("_grid");
  const { total, at_or_above } = model.get("_selected");
  return {
    counts: ScoreCounts.read(grid),
    selected: total ? readArray<Uint32Array>(at_or_above) : null,
    percentiles: grid.percentiles,
    classNames: model.get("class_names"),
    scoreName: model.get("score_name"),
    logCounts: model.get("log_counts"),
    lowest: grid.lowest,
    highest: grid.highest,
  };
}
