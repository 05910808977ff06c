// Bundle one ES module (and its CSS) per widget into vae_widgets/static.
// A widget is a file of src/ that exports a default; the files they share do not.
import { readdirSync, readFileSync } from "node:fs";
import * as esbuild from "esbuild";

const widgets = readdirSync("src").filter(
  (file) => file.endsWith(".ts") && /^export default /m.test(readFileSync(`src/${file}`, "utf8")),
);
const options = {
  entryPoints: widgets.map((file) => `src/${file}`),
  outdir: "../static",
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  logLevel: "info",
};
if (process.argv.includes("--watch")) {
  await (await esbuild.context(options)).watch();
} else {
  await esbuild.build(options);
}
