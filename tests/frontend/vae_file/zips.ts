// Read the zips of a folder, and print their parts as base64, or why they are refused.
//   node tests/frontend/vae_file/zips.ts FOLDER
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BadFileError } from "../../../vae_widgets/frontend/src/vae_file/errors.ts";
import { readStoredZip } from "../../../vae_widgets/frontend/src/vae_file/stored_zip.ts";

const [, , folder] = process.argv;
const outcomes: Record<string, unknown> = {};
for (const name of readdirSync(folder)) {
  try {
    const parts = readStoredZip(new Uint8Array(readFileSync(join(folder, name))));
    outcomes[name] = Object.fromEntries(
      [...parts].map(([part, content]) => [part, Buffer.from(content).toString("base64")]),
    );
  } catch (error) {
    if (!(error instanceof BadFileError)) throw error;
    outcomes[name] = error.message;
  }
}
console.log(JSON.stringify(outcomes));
