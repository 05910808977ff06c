// Load the decoders that the command line names, and print how each ends, its seconds and its memory.
//   node tests/frontend/model/attacks.ts FOLDER BUNDLE
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [, , folder, bundle] = process.argv;
const { loadModel } = await import(bundle);
const outcomes: Record<string, unknown> = {};
for (const name of readdirSync(folder)) {
  const decoder = new Uint8Array(readFileSync(join(folder, name)));
  const before = process.memoryUsage.rss();
  const began = performance.now();
  let result: string;
  try {
    const model = await loadModel({ decoder });
    model.decode(new Float32Array(3 * model.latentDim).fill(1));
    result = "runs";
  } catch (error) {
    result = String(error);
  }
  const seconds = (performance.now() - began) / 1000;
  const megabytes = (process.memoryUsage.rss() - before) / 2 ** 20;
  outcomes[decodeURIComponent(name)] = { result, seconds, megabytes };
}
console.log(JSON.stringify(outcomes));
