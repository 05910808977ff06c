// Bundle one ES module (and its CSS) per widget into vae_widgets/static. What two widgets or more use
// stands once, in shared.js and shared.css, which Python puts in front of each widget. The runtime of
// models in the page is a module of its own.
import { readdirSync, rmSync } from "node:fs";
import { basename, relative, resolve } from "node:path";
import * as esbuild from "esbuild";
import { assemble } from "./assemble.mjs";
import { OWN_NAMES } from "./own_names.mjs";

await assemble("src/model/matrix/gemm.wat", "src/model/matrix/gemm_wasm.ts", "GEMM");

/** The name in vae_widgets/static, and the module of src/ whose default export is the widget. */
const WIDGETS = {
  tile_strip: "tile_strip/widget.ts",
  curve_plot: "curve_plot/widget.ts",
  latent_scatter: "latent_scatter/widget.ts",
  interpolation_slider: "interpolation_slider/widget.ts",
  histogram_canvas: "anomaly_histogram/histogram_canvas.ts",
  training_legend: "training_monitor/legend.ts",
  training_curves: "training_monitor/curves.ts",
  training_controls: "training_monitor/controls.ts",
  training_replay: "training_monitor/replay.ts",
  latent_health: "training_monitor/latent_health.ts",
  review_queue: "review_queue/widget.ts",
  explorer_tabs: "explorer/tabs.ts",
  hosted_view: "hosted_view/widget.ts",
  exported_page: "exported_page/page.ts",
  presentation: "presentation/widget.ts",
};
/** Modules by themselves, which share nothing: the kernel sends this one with a model (widgets/base/in_page.py). */
const ALONE = {
  in_page_model: "model/in_page_model.ts",
};
/** The page that trains, which adds nothing to what widgets share, and its worker. */
const PLAYGROUND = { playground: "playground/page.ts" };
const WORKERS = { playground_worker: "playground/worker/worker.ts" };
const entriesOf = (table) => Object.fromEntries(Object.entries(table).map(([name, module]) => [name, `src/${module}`]));
const entryPoints = entriesOf(WIDGETS);
const options = {
  outdir: "../static",
  bundle: true,
  format: "esm",
  // The first versions with all that is used: color-mix, :has, checkVisibility. README.md names them, too.
  target: ["chrome111", "edge111", "firefox121", "safari17.4"],
  minify: true,
  legalComments: "none",
  logLevel: "info",
};

/** The exported names of each module that two widgets or more use. */
async function findShared() {
  const trial = { ...options, entryPoints, write: false, metafile: true, logLevel: "error" };
  const { metafile } = await esbuild.build(trial);
  const users = new Map();
  for (const { entryPoint, inputs } of Object.values(metafile.outputs)) {
    if (!entryPoint?.endsWith(".ts")) continue;
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      if (file.endsWith(".ts") && bytesInOutput) users.set(file, (users.get(file) ?? 0) + 1);
    }
  }
  const shared = new Map();
  for (const [file, count] of users) {
    if (count < 2 || Object.values(entryPoints).includes(file)) continue;
    const alone = { entryPoints: [file], write: false, metafile: true, format: "esm", outdir: "." };
    const { metafile: names } = await esbuild.build(alone);
    shared.set(file, Object.values(names.outputs)[0].exports);
  }
  return shared;
}

const shared = await findShared();
const everyName = [...shared].flatMap(([file, names]) => names.map((name) => `${file} ${name}`));
/** The short name under which shared.js exports a name of a module. */
const nameIn = (file, name) => `_${everyName.indexOf(`${file} ${name}`).toString(36)}`;
const list = (file, as) =>
  shared
    .get(file)
    .map((name) => as(name, nameIn(file, name)))
    .join(", ");
const fromShared = {
  name: "shared",
  setup(build) {
    build.onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir }) => {
      const file = relative(process.cwd(), resolve(resolveDir, path));
      if (kind !== "entry-point" && shared.has(file)) return { path: file, namespace: "shared" };
    });
    // Its styles are in shared.css, also for those who import these alone.
    build.onResolve({ filter: /\.css$/ }, ({ path, resolveDir }) => {
      const file = relative(process.cwd(), resolve(resolveDir, path));
      if (shared.has(file.replace(/css$/, "ts"))) return { path, namespace: "none" };
    });
    build.onLoad({ filter: /.*/, namespace: "none" }, () => ({ contents: "", loader: "js" }));
    build.onLoad({ filter: /.*/, namespace: "shared" }, ({ path }) => ({
      contents: `export const { ${list(path, (own, there) => `${there}: ${own}`)} } = shared;`,
      loader: "js",
    }));
  },
};
const builds = [
  { ...options, entryPoints: entriesOf(ALONE), mangleProps: OWN_NAMES },
  {
    ...options,
    format: "iife",
    globalName: "shared",
    outdir: undefined,
    outfile: "../static/shared.js",
    stdin: {
      contents: [...shared.keys()]
        .map((file) => `export { ${list(file, (own, there) => `${own} as ${there}`)} } from "./${file}";`)
        .join("\n"),
      resolveDir: process.cwd(),
      loader: "ts",
    },
  },
  { ...options, entryPoints: { ...entryPoints, ...entriesOf(PLAYGROUND) }, plugins: [fromShared] },
  { ...options, entryPoints: entriesOf(WORKERS), format: "iife" },
];
const written = new Set();
for (const build of builds) {
  const { metafile } = await esbuild.build({ ...build, metafile: true });
  for (const file of Object.keys(metafile.outputs)) written.add(basename(file));
}
// The bundles of an earlier version must not get into a wheel.
for (const file of readdirSync("../static")) if (!written.has(file)) rmSync(`../static/${file}`);
