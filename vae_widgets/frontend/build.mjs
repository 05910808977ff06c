// Bundle one ES module (and its CSS) per widget into vae_widgets/static. A widget is a file of src/
// that exports a default. What two widgets or more use stands once, in shared.js and shared.css,
// which Python puts in front of each widget.
import { readdirSync, readFileSync } from "node:fs";
import { basename, relative, resolve } from "node:path";
import * as esbuild from "esbuild";

const widgets = readdirSync("src").filter(
  (file) => file.endsWith(".ts") && /^export default /m.test(readFileSync(`src/${file}`, "utf8")),
);
const options = {
  outdir: "../static",
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  logLevel: "info",
};
const entryPoints = widgets.map((file) => `src/${file}`);

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
    if (count < 2 || widgets.includes(basename(file))) continue;
    const alone = { entryPoints: [file], write: false, metafile: true, format: "esm", outdir: "." };
    const { metafile: names } = await esbuild.build(alone);
    shared.set(file, Object.values(names.outputs)[0].exports);
  }
  return shared;
}

const shared = await findShared();
const everyName = [...shared.values()].flat();
/** The name under which shared.js has an export: its own, unless two modules have the same. */
const nameIn = (file, name) =>
  everyName.indexOf(name) === everyName.lastIndexOf(name) ? name : `${basename(file, ".ts")}_${name}`;
const list = (file, as) =>
  shared
    .get(file)
    .map((name) => (nameIn(file, name) === name ? name : as(name, nameIn(file, name))))
    .join(", ");
const fromShared = {
  name: "shared",
  setup(build) {
    build.onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir }) => {
      const file = relative(process.cwd(), resolve(resolveDir, path));
      if (kind !== "entry-point" && shared.has(file)) return { path: file, namespace: "shared" };
    });
    // Its styles are in shared.css, also for those who import these alone.
    build.onResolve({ filter: /\.css$/ }, ({ path }) =>
      shared.has(`src/${basename(path, ".css")}.ts`) ? { path, namespace: "none" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "none" }, () => ({ contents: "", loader: "js" }));
    build.onLoad({ filter: /.*/, namespace: "shared" }, ({ path }) => ({
      contents: `export const { ${list(path, (own, there) => `${there}: ${own}`)} } = shared;`,
      loader: "js",
    }));
  },
};
const builds = [
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
  { ...options, entryPoints, plugins: [fromShared] },
];
for (const build of builds) {
  if (process.argv.includes("--watch")) await (await esbuild.context(build)).watch();
  else await esbuild.build(build);
}
