/** The training curves of a file: the legend and the curves of the widgets. */

import "../controls/shell.css";
import { element } from "../controls/shell.ts";
import legend from "../training_monitor/legend.ts";
import curves from "../training_monitor/curves.ts";
import { curvesOf, type History } from "./history.ts";
import { CURVES, LEGEND, WidgetModels } from "./widget_models.ts";

/** Returns a function that takes them out of the page. */
export function showCurves(parent: HTMLElement, history: History | null): () => void {
  if (!history) return () => {};
  const { run, legend: entries, csv } = curvesOf(history);
  const models = new WidgetModels();
  const legendModel = models.add(LEGEND, "CurveLegend", entries);
  legendModel.handle("history", () => ({ csv }));
  const curvesModel = models.add(CURVES, "LossCurves", { run, legend: `IPY_MODEL_${LEGEND}` });
  const root = element("section", "vw-monitor");
  parent.append(root);
  const closing = [
    legend.render({ model: legendModel.view, el: root }),
    curves.render({ model: curvesModel.view, el: root }),
  ];
  return () => closing.forEach((close) => close());
}
