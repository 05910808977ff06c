/** The training curves without bqplot (widgets/training_monitor/loss_curves.py), for pages without ipywidgets. */

import type { AnyModel } from "@anywidget/types";
import "../controls/shell.css";
import "../curve_plot/widget.css";
import { findModel, frontEndModule, setHere, type View } from "../kernel/front_end_module.ts";
import "./curves.css";
import { element, mount } from "../controls/shell.ts";
import { CurveView } from "../curve_plot/curve_view.ts";
import type { CurvePlot } from "../curve_plot/description.ts";
import { plotsOf, readoutOf, readRun } from "./curve_plots.ts";
import type { CurvesView } from "./curve_lines.ts";

interface State {
  run: object;
  /** "IPY_MODEL_..." of the models that say how the curves are looked at, and of the replay. */
  legend: string;
  controls: string;
  replay: string;
}

const WATCHED = { legend: ["hidden"], controls: ["log_scale", "smoothing", "zoom"] } as const;

function render({ model, el }: View<State>) {
  const root = element("div", "vw-widget vw-curves vw-curve-panels");
  mount(el, root);
  const run = readRun(model.get("run"));
  let view: CurvesView = { hidden: [], logScale: false, smoothing: 0, zoom: [] };
  let plots = plotsOf(run, view);
  const panels = [0, 1].map((i) => {
    const panel = element("div", "vw-curve-panel");
    const title = element("div", "vw-curves-title");
    panel.append(title);
    root.append(panel);
    // The title is above the canvas, and the names of events between them.
    const untitled = (): CurvePlot => {
      const plot = { ...(plots[i] ?? plots.find((other) => other)!), title: "" };
      // Before the first batch the numbers would mean nothing.
      const bare = { ...plot.x, label: "", ticks: [] };
      return run.metrics.length ? plot : { ...plot, x: bare, y: { ...plot.y, ticks: [] } };
    };
    return { panel, title, curves: new CurveView(panel, untitled) };
  });
  let neighbours: Partial<Record<"legend" | "controls" | "replay", AnyModel<any>>> = {};

  const draw = () => {
    plots = plotsOf(run, view);
    panels.forEach(({ panel, title, curves }, i) => {
      panel.hidden = !plots[i];
      title.textContent = plots[i]?.title ?? "";
      curves.update();
    });
  };
  const look = () => {
    const { legend, controls, replay } = neighbours;
    view = {
      hidden: legend?.get("hidden") ?? [],
      logScale: controls?.get("log_scale") ?? false,
      smoothing: controls?.get("smoothing") ?? 0,
      zoom: controls?.get("zoom") ?? [],
    };
    draw();
    const readout = readoutOf(run, view);
    if (controls) setHere(controls, { readout });
    // The replay marks its epoch on the curves.
    if (replay) setHere(replay, { limits: readout.limits });
  };
  const watch = (how: "on" | "off") => {
    for (const [name, traits] of Object.entries(WATCHED)) {
      for (const trait of traits) neighbours[name as keyof typeof WATCHED]?.[how](`change:${trait}`, look);
    }
  };
  let closed = false;
  const find = async () => {
    const names = ["legend", "controls", "replay"] as const;
    const found = await Promise.all(names.map((name) => findModel(model, model.get(name) ?? "")));
    if (closed) return;
    neighbours = Object.fromEntries(names.map((name, i) => [name, found[i] ?? undefined]));
    watch("on");
    look();
  };
  draw();
  void find();
  return () => {
    closed = true;
    watch("off");
    for (const { curves } of panels) curves.close();
    root.remove();
  };
}

export default frontEndModule(render);
