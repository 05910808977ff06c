// Print the curves of a histogram in an exported page, after each of some steps of labelling.
import { readFileSync } from "node:fs";

const src = new URL("../../../vae_widgets/frontend/src/page_kernel/", import.meta.url);
const { Buffers } = await import(new URL("data.ts", src));
const { PageModel } = await import(new URL("page_model.ts", src));
const { HistogramKernel } = await import(new URL("histogram.ts", src));
const { ThresholdCurvesKernel } = await import(new URL("threshold_curves.ts", src));
const { readWired } = await import(new URL("../curve_plot/description.ts", src));

const { models, buffers, task } = JSON.parse(readFileSync(0, "utf8"));
const bytes = new Buffers(buffers);
const found = new Map();
for (const [id, carried] of Object.entries(models)) found.set(id, new PageModel(id, carried, found));
for (const [id, { state, own }] of Object.entries(models)) {
  found.get(id).begin(await bytes.fill(state), await bytes.fill(own));
}
const parts = { model: (id) => found.get(id.replace("IPY_MODEL_", "")) ?? null };
const of = (kind) => [...found.values()].find(({ kinds }) => kinds.includes(kind));
const histogram = new HistogramKernel(of("AnomalyHistogram"), parts);
const model = of("ThresholdCurves");
new ThresholdCurvesKernel(model, parts, histogram);

const { panels, switch: toggle, stack, note } = model.own;
const seen = task.map(([rows, labels]) => {
  histogram.label(rows, labels.map((label) => label ?? NaN), rows.map(() => NaN));
  const names = parts.model(toggle).get("_options_labels");
  const plots = names.map((name) => [name, readWired(parts.model(panels[name].figure).get("plot"))]);
  return {
    children: model.get("children"),
    note: parts.model(note).get("value"),
    stack: parts.model(stack).get("children"),
    axes: histogram.canvas.get("point_axes"),
    points: histogram.canvas.get("operating_points"),
    plots: Object.fromEntries(plots),
  };
});
console.log(JSON.stringify(seen, (_, value) => (ArrayBuffer.isView(value) ? [...value] : value)));
