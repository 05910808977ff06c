// Read the .vae files of a folder as the viewer does, and print how each ends, its seconds and its memory.
//   node tests/frontend/vae_file/reading.ts FOLDER
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadModel } from "../../../vae_widgets/frontend/src/model/in_page_model.ts";
import { readContents } from "../../../vae_widgets/frontend/src/vae_file/contents.ts";

const [, , folder] = process.argv;
const outcomes: Record<string, unknown> = {};
for (const name of readdirSync(folder)) {
  const content = new Uint8Array(readFileSync(join(folder, name)));
  const before = process.memoryUsage.rss();
  const began = performance.now();
  let result = "reads";
  try {
    const { decoder, encoder, facts } = await readContents(content);
    result = "reads, and its model is refused";
    const label =
      facts.nLabels === null
        ? {}
        : { label: Array.from({ length: facts.nLabels }, (_, i) => Number(i === 0)) };
    const model = await loadModel({ decoder, encoder, ...label });
    model.decode(new Float32Array(3 * model.latentDim));
    result = "reads, and its model runs";
  } catch (error) {
    if (result === "reads" && (error as Error).constructor.name !== "BadFileError") result = `STRAY ${error}`;
    else if (result === "reads") result = (error as Error).message;
  }
  const seconds = (performance.now() - began) / 1000;
  const megabytes = (process.memoryUsage.rss() - before) / 2 ** 20;
  outcomes[name] = { result, seconds, megabytes };
}
console.log(JSON.stringify(outcomes));
