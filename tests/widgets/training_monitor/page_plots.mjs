// Print the plots that an exported page draws for some views of the training curves.
import { readFileSync } from "node:fs";

const src = new URL("../../../vae_widgets/frontend/src/", import.meta.url);
const { Buffers } = await import(new URL("page_kernel/data.ts", src));
const { readRun, plotsOf, readoutOf } = await import(new URL("training_monitor/curve_plots.ts", src));
const { readArray } = await import(new URL("kernel/arrays.ts", src));

const { models, buffers, task } = JSON.parse(readFileSync(0, "utf8"));
const carried = Object.values(models).find(({ state }) => state.run);
const run = readRun(await new Buffers(buffers).fill(carried.state.run));
const plain = (_, value) => (ArrayBuffer.isView(value) ? [...value] : value);
const seen = task.map((view) => {
  const readout = readoutOf(run, view);
  return { plots: plotsOf(run, view), readout: { ...readout, points: readArray(readout.points) } };
});
console.log(JSON.stringify(seen, plain));
