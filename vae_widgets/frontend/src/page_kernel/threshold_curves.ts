/** The curves of a histogram for labels that change in the page (widgets/anomaly_histogram/curves.py). */

import { expectedCost, measure } from "../anomaly_histogram/counts.ts";
import type { Axis, Line, Wired } from "../curve_plot/description.ts";
import { roundTicks } from "../format/axis_ticks.ts";
import { readArray, writeArray } from "../kernel/arrays.ts";
import type { PageModel } from "./page_model.ts";
import type { HistogramKernel } from "./histogram.ts";
import { curveOf, type Curve } from "./curve.ts";
import type { Parts } from "./parts.ts";

interface Panel {
  root: string;
  figure: string;
  point: string;
  /** Names of x and y. */
  metrics: [string, string];
}

interface Own {
  switch: string;
  stack: string;
  note: string;
  panels: Record<string, Panel>;
  without_labels: string;
  without_anomalies: string;
}

const [BLUE, GREY] = ["#3f90da", "#94a4a2"];
/** Points closer than this share of an axis cannot be told apart. */
const CELLS = 512;

export class ThresholdCurvesKernel {
  readonly #own: Own;
  readonly #model: PageModel;
  readonly #part: (id: string) => PageModel;
  readonly #histogram: HistogramKernel;

  constructor(model: PageModel, parts: Parts, histogram: HistogramKernel) {
    this.#model = model;
    this.#own = model.own as Own;
    this.#histogram = histogram;
    this.#part = (id) => parts.model(id)!;
    // In a live notebook a link of ipywidgets does it.
    const [toggle, stack] = [this.#part(this.#own.switch), this.#part(this.#own.stack)];
    const show = () => stack.commit({ selected_index: toggle.get("index") });
    toggle.on("change:index", show);
    show();
    histogram.whenLabelsChange(() => this.#draw());
  }

  #draw(): void {
    const { scores, canvas } = this.#histogram;
    const { panels, without_labels, without_anomalies } = this.#own;
    const [toggle, stack, note] = (["switch", "stack", "note"] as const).map((name) => this.#part(this.#own[name]));
    const names = [
      ...(scores.anomalous.length ? ["Precision-recall"] : []),
      ...(scores.hasBothKinds ? ["ROC", "Cost"] : []),
      ...(scores.partlyLabelled ? ["All alerts"] : []),
    ];
    if (!names.length) {
      note.commit({ value: scores.labelled ? without_anomalies : without_labels });
      this.#model.commit({ children: [ref(note.id)] });
    } else {
      const chosen = (toggle.get("_options_labels") as string[])[toggle.get("index")];
      const index = Math.max(0, names.indexOf(chosen));
      toggle.commit({ _options_labels: names, index });
      stack.commit({ children: names.map((name) => ref(panels[name].root)), selected_index: index });
      this.#model.commit({ children: [ref(toggle.id), ref(stack.id)] });
    }
    const shown = names.map((name) => panels[name]);
    canvas.commit({
      operating_points: shown.map(({ point }) => ref(point)),
      point_axes: shown.map(({ metrics }) => metrics),
    });
    if (!names.length) return;
    const curve = curveOf(scores.normal, scores.anomalous);
    const drawing: Record<string, () => object> = {
      "Precision-recall": () => precisionRecall(curve),
      ROC: () => roc(curve),
      Cost: () => this.#cost(curve),
      "All alerts": () => this.#allAlerts(),
    };
    for (const name of names) {
      const figure = this.#part(panels[name].figure);
      figure.commit({ plot: { ...figure.get("plot"), ...drawing[name]() } });
    }
  }

  #cost(curve: Curve): object {
    const { canvas } = this.#histogram;
    const grid = canvas.get("_grid");
    const thresholds = readArray<Float64Array>(grid.thresholds);
    const counts = readArray<Uint32Array>(grid.at_or_above);
    const totals = [curve.nNormal, curve.nAnomalous];
    const costs = canvas.get("costs") as number[];
    const costOf = (false_: number, true_: number) => expectedCost(measure([false_, true_], totals), costs);
    const cost = thresholds.map((_, i) => costOf(counts[i], counts[thresholds.length + i]));
    const every = [costOf(0, 0), ...curve.thresholds.map((_, i) => costOf(curve.falsePositives[i], curve.truePositives[i]))];
    const lowest = every.reduce((a, b) => Math.min(a, b));
    const [low, high] = [Math.min(0, ...cost), Math.max(0, ...cost)];
    return {
      title: `Lowest cost ${Number(lowest.toPrecision(4))} a sample`,
      x: axisOf("threshold", thresholds[0], thresholds[thresholds.length - 1]),
      y: axisOf("cost", low, high + 0.05 * (high - low) || 1),
      lines: [lineOf("cost", thresholds, cost)],
    };
  }

  #allAlerts(): object {
    const grid = this.#histogram.canvas.get("_grid");
    const thresholds = readArray<Float64Array>(grid.thresholds);
    const m = thresholds.length;
    const [precision, low, high] = [0, 1, 2].map((row) => readArray<Float64Array>(grid.reviewed).subarray(row * m, (row + 1) * m));
    const pick = (values: Float64Array, keep: (i: number) => boolean) => values.filter((_, i) => keep(i));
    const known = (i: number) => Number.isFinite(precision[i]);
    const some = (i: number) => this.#histogram.scores.flagged(thresholds[i]) > 0;
    return {
      title: precision.some(Number.isFinite) ? "Estimated from a random sample" : "Possible by the labels",
      x: axisOf("threshold", thresholds[0], thresholds[m - 1]),
      lines: [lineOf("precision", pick(thresholds, known), pick(precision, known))],
      band: {
        name: "interval",
        colour: BLUE,
        opacity: 0.2,
        x: writeArray(pick(thresholds, some)),
        low: writeArray(pick(low, some)),
        high: writeArray(pick(high, some)),
      },
    };
  }
}

function precisionRecall(curve: Curve): object {
  // Flagging at random has the share of anomalous samples as its precision.
  const share = curve.nAnomalous / (curve.nAnomalous + curve.nNormal);
  return {
    title: `Average precision ${curve.averagePrecision.toFixed(3)}`,
    lines: [aside(share, share), lineOf("precision", ...thinned(curve.recall, curve.precision))],
  };
}

function roc(curve: Curve): object {
  const from0 = (values: Float64Array) => Float64Array.of(0, ...values);
  return {
    title: `Area under the ROC curve ${curve.auroc.toFixed(3)}`,
    lines: [aside(0, 1), lineOf("recall", ...thinned(from0(curve.falsePositiveRate), from0(curve.recall)))],
  };
}

function lineOf(name: string, x: Float64Array, y: Float64Array): Wired<Line> {
  const look = { name, colour: BLUE, dashed: false, width: 2, opacity: 1 };
  return { ...look, x: writeArray(x), y: writeArray(y) };
}

function aside(left: number, right: number): Wired<Line> {
  const ends = lineOf("at random", Float64Array.of(0, 1), Float64Array.of(left, right));
  return { ...ends, colour: GREY, dashed: true, width: 1 };
}

function axisOf(label: string, low: number, high: number): Wired<Axis> {
  const ticks = writeArray(Float64Array.from(roundTicks(low, high)));
  return { label, domain: [low, high], scale: "linear", ticks, tick_format: "~g", padding: 0 } as Wired<Axis>;
}

/** The points of a curve that look different from the one before. */
function thinned(x: Float64Array, y: Float64Array): [Float64Array, Float64Array] {
  const cell = (i: number) => Math.round(x[i] * CELLS) * (CELLS + 1) + Math.round(y[i] * CELLS);
  const keep = (_: number, i: number) => i === 0 || i === x.length - 1 || cell(i) !== cell(i - 1);
  return [x.filter(keep), y.filter(keep)];
}

function ref(id: string): string {
  return `IPY_MODEL_${id.replace("IPY_MODEL_", "")}`;
}
