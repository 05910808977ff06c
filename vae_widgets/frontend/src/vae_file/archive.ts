/** The container of a `.vae` file: a zip of named parts, listed in a manifest (bundle/archive.py). */

import { BadFileError } from "./errors.ts";
import { readStoredZip } from "./stored_zip.ts";
import { readJson } from "./strict_json.ts";

const FORMAT = "vae_widgets";
const SCHEMA = 1;
const MANIFEST = "manifest.json";
const MOST_MANIFEST_BYTES = 2 ** 20;

const REQUIRED = ["encoder.onnx", "decoder.onnx"];
const OPTIONAL = [
  ...["latents.f32", "log_vars.f32", "labels.u32", "tiles.png"],
  ...["policy.json", "detector.json", "score.onnx", "model.keras"],
];

export type Json = Record<string, any>;

export interface Archive {
  manifest: Json;
  parts: Map<string, Uint8Array>;
}

/** Read a bundle, and check all of it. Rejects with a `BadFileError`. */
export async function readArchive(content: Uint8Array): Promise<Archive> {
  const parts = readStoredZip(content);
  const text = parts.get(MANIFEST);
  if (!text) throw new BadFileError(`The file has no part '${MANIFEST}'; it is no .vae file.`);
  parts.delete(MANIFEST);
  const manifest = readManifest(text);
  const declared = new Set(Object.keys(manifest.parts));
  for (const name of REQUIRED)
    if (!declared.has(name)) throw new BadFileError(`This bundle lacks its part '${name}'.`);
  for (const name of declared) {
    if (!REQUIRED.includes(name) && !OPTIONAL.includes(name)) {
      throw new BadFileError(
        `Part ${JSON.stringify(name.slice(0, 80))} is unknown; it does not belong in a bundle.`,
      );
    }
    if (!parts.has(name)) throw new BadFileError(`Part '${name}' is missing; the manifest lists it.`);
  }
  for (const [name, part] of parts) {
    if (!declared.has(name)) throw new BadFileError(`Part '${name}' is not in the manifest.`);
    const { size, sha256 } = manifest.parts[name];
    if (part.length !== size) {
      throw new BadFileError(`Part '${name}' has ${part.length} bytes; the manifest says ${size}.`);
    }
    if (!(await isHashOf(sha256, part))) {
      throw new BadFileError(`Part '${name}' was changed; its SHA-256 is not the one in the manifest.`);
    }
  }
  return { manifest, parts };
}

function readManifest(text: Uint8Array): Json {
  const fail = (problem: string) => new BadFileError(`Part '${MANIFEST}': ${problem}`);
  let manifest: any;
  try {
    manifest = readJson(text, MOST_MANIFEST_BYTES);
  } catch (error) {
    throw new BadFileError(`Part '${MANIFEST}' is not JSON: ${(error as Error).message}.`);
  }
  if (!isObject(manifest) || manifest.format !== FORMAT) {
    throw fail(`expected a JSON object whose 'format' is '${FORMAT}'.`);
  }
  if (!Number.isInteger(manifest.schema) || manifest.schema < 1)
    throw fail("'schema' must be a whole number of at least 1.");
  if (manifest.schema > SCHEMA) {
    throw fail(`it has schema ${manifest.schema}; this version reads up to ${SCHEMA}. Upgrade vae_widgets.`);
  }
  if (manifest.kind === "checkpoint") {
    throw new BadFileError(
      "This is a checkpoint of a training run, which has no parts that run in a page. " +
        "Continue it in Python with vw.VAE.resume(path), or save a bundle with vw.VAE.load(path).save(...).",
    );
  }
  if (manifest.kind !== "bundle") throw fail("'kind' must be one of bundle, checkpoint.");
  if (typeof manifest.created !== "string") throw fail("'created' must be a date.");
  if (!isObject(manifest.parts)) throw fail("'parts' must be an object.");
  for (const [name, facts] of Object.entries(manifest.parts)) {
    if (!isObject(facts) || !Number.isInteger(facts.size) || typeof facts.sha256 !== "string") {
      throw fail(`parts[${JSON.stringify(name.slice(0, 80))}] must have a size in bytes and a sha256.`);
    }
  }
  return manifest;
}

/**
 * Whether a part has a SHA-256. A page from a host without HTTPS cannot compute it; there the checksum of the zip alone
 * tells of damage.
 */
async function isHashOf(sha256: string, part: Uint8Array): Promise<boolean> {
  if (!globalThis.crypto?.subtle) return true;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", part as Uint8Array<ArrayBuffer>));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
}

export function isObject(value: unknown): value is Json {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
