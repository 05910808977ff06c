/** The plots of a training run, as curve_plots.py makes them where there is a kernel. */

import { readWired, type CurvePlot, type Line } from "../curve_plot/description.ts";
import type { CurveEvent } from "./curve_events.ts";
import { xAxis, yAxis } from "./curve_axes.ts";
import { linesOf, NO_LINES, type CurvesView, type Series, type Values } from "./curve_lines.ts";
import type { Limits } from "./curve_overlay.ts";
import type { CurveReadout } from "./curve_pointer.ts";
import { writeArray } from "../kernel/arrays.ts";

interface Metric extends Series {
  label: string;
  colour: string;
  /** Whether it is drawn in the left plot. */
  left: boolean;
}

/** What a page has of a run (loss_curves.py). */
export interface Run {
  axis: string;
  unit: string;
  /** Ends of the x axis without a zoom. */
  limits: Limits;
  metrics: Metric[];
  /** Runs that are drawn behind. */
  others: { name: string; colour: string; metrics: Series[] }[];
  /** The best epoch and its loss. */
  best: [number, number] | null;
  events: CurveEvent[];
}

const FAINT = 0.35;
const MARGIN = { top: 8, right: 16, bottom: 40, left: 56 };

/** Read a run as it is sent: x and y of each series in one array. */
export function readRun(wired: object): Run {
  const run = readWired(wired);
  for (const metric of [...run.metrics, ...run.others.flatMap((other: any) => other.metrics)]) {
    for (const name of ["steps", "epochs", "validation"]) {
      const n = metric[name].length / 2;
      metric[name] = { x: metric[name].subarray(0, n), y: metric[name].subarray(n) };
    }
  }
  return run;
}

/** Ends of the x axis that are seen. */
export function limitsOf(run: Run, view: CurvesView): Limits {
  return view.zoom.length ? (view.zoom as Limits) : run.limits;
}

/** The left and the right plot; null for one that gives its place to the other. */
export function plotsOf(run: Run, view: CurvesView): (CurvePlot | null)[] {
  const groups = [true, false].map((left) => run.metrics.filter((metric) => metric.left === left));
  const seen = groups.map((group) => group.filter((metric) => !view.hidden.includes(metric.name)));
  const stay = [seen[0].length || !seen[1].length, seen[1].length || !run.metrics.length];
  return groups.map((_, i) => (stay[i] ? plotOf(run, seen[i], view) : null));
}

function plotOf(run: Run, seen: Metric[], view: CurvesView): CurvePlot {
  const [low, high] = limitsOf(run, view);
  const made = seen.map((metric) => linesOf(metric, view));
  // The steps step back once the epochs make a line of their own.
  const light = made.some(({ strong }) => strong.x.length > 1) ? FAINT : 1;
  const lines = [
    ...linesBehind(run, seen, view),
    ...seen.flatMap(({ label, colour }, i) => {
      const all = made[i] ?? NO_LINES;
      return [
        lineOf(label, colour, all.light, false, 2, light),
        lineOf(label, colour, all.strong, false, 2, 1),
        lineOf(`${label}, validation`, colour, all.validationLight, true, 2, FAINT),
        lineOf(`${label}, validation`, colour, all.validation, true, 2, 1),
      ];
    }),
  ].filter((line) => line.x.length);
  const loss = seen.find((metric) => metric.name === "loss");
  const [at, value] = run.best ?? [NaN, NaN];
  const marked = loss && low <= at && at <= high && !(view.logScale && value <= 0);
  return {
    title: titleOf(run, seen),
    x: xAxis(run.axis, low, high, run.limits[1]),
    y: yAxis(lines.map((line) => line.y), view.logScale),
    lines,
    band: null,
    points: {
      name: "best epoch",
      colour: loss?.colour ?? "#3f90da",
      x: marked ? [at] : [],
      y: marked ? [value] : [],
      marker: "diamond",
      size: 48,
      edge: "",
      follows: null,
    },
    rules: [],
    margin: MARGIN,
  };
}

function linesBehind(run: Run, seen: Metric[], view: CurvesView): Line[] {
  return run.others
    .filter(({ name }) => !view.hidden.includes(`run:${name}`))
    .flatMap(({ name, colour, metrics }) =>
      seen.flatMap(({ name: metric, label }) => {
        const series = metrics.find((other) => other.name === metric);
        if (!series) return [];
        const { strong, light, validation } = linesOf(series, view);
        const title = `${label} ${name}`;
        return [
          lineOf(title, colour, strong.x.length > 1 ? strong : light, false, 1, 1),
          lineOf(`${title}, validation`, colour, validation, true, 1, 1),
        ];
      }),
    );
}

function lineOf(name: string, colour: string, { x, y }: Values, dashed: boolean, width: number, opacity: number): Line {
  return { name, colour, x, y, dashed, width, opacity };
}

function titleOf({ metrics, unit }: Run, seen: Metric[]): string {
  if (metrics.length && !seen.length) return "All curves are hidden: click a name above to show it";
  const named = seen.map(({ label }) => label);
  const more = named.length > 3 ? ` and ${named.length - 3} more` : "";
  return named.slice(0, 3).join(", ") + more + (unit && seen.length ? ` (${unit})` : "");
}

/** What the pointer reads, and the events in sight. */
export function readoutOf(run: Run, view: CurvesView): CurveReadout {
  const limits = limitsOf(run, view);
  const inside = (x: number) => limits[0] <= x && x <= limits[1];
  const series: CurveReadout["series"] = [];
  const [xs, ys]: number[][] = [[], []];
  for (const { name, label, steps, epochs, validation } of run.metrics) {
    if (view.hidden.includes(name)) continue;
    for (const [kind, values] of [["training", epochs.x.length > 1 ? epochs : steps], ["validation", validation]] as const) {
      let count = 0;
      values.x.forEach((x, i) => {
        if (!inside(x)) return;
        count += 1;
        xs.push(x);
        ys.push(values.y[i]);
      });
      if (count) series.push({ label, kind, count });
    }
  }
  const points = writeArray(Float32Array.from([...xs, ...ys]), [2, xs.length]);
  const events = run.events.filter(({ at }) => inside(at));
  return { axis: run.axis, unit: run.unit, limits, series, points, events };
}
