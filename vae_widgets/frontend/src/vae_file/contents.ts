/** All that the viewer shows of a `.vae` file, read and checked (bundle/parts.py). */

import type { WireAtlas } from "../kernel/atlas.ts";
import type { RendererSpec } from "../rendering/page_renderer.ts";
import { isObject, readArchive, type Json } from "./archive.ts";
import { BadFileError } from "./errors.ts";
import { readFacts, type ModelFacts } from "./facts.ts";
import { readHistory, type History } from "./history.ts";
import { readPolicy, type Policy } from "./policy.ts";
import { readPreprocessing, type Preprocess } from "./preprocessing.ts";
import { rendererOf } from "./renderers.ts";

/** Browsers refuse pictures beyond this many pixels a side (rendering/atlas.py). */
const MOST_PIXELS_A_SIDE = 8192;
/** Larger pictures of all samples are not shown: they would take more than 128 MB of memory. */
const MOST_PIXELS = 2 ** 25;
/** More classes have no colours of their own. */
const MOST_CLASSES = 1000;
const PNG_SIGN = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The codes of samples: (n, latentDim), and with variances the log-variances of q(z | x). */
export interface Codes {
  count: number;
  means: Float32Array;
  logVars: Float32Array | null;
}

export interface VaeContents {
  manifest: Json;
  facts: ModelFacts;
  encoder: Uint8Array;
  decoder: Uint8Array;
  /** The graph of the anomaly score; null if there is none. */
  score: Uint8Array | null;
  /** What is done to a sample before the model and the score get it. */
  preprocess: Preprocess;
  codes: Codes | null;
  /** Class of each code by its number, that of no name for an unknown one; null if there are none. */
  classes: Uint32Array | null;
  classNames: string[];
  /** The pictures of the samples of the codes. */
  tiles: WireAtlas | null;
  renderer: RendererSpec;
  /** Name of the author's own renderer, whose code a file does not hold; empty for none. */
  ownRenderer: string;
  policy: Policy | null;
  history: History | null;
}

/** Read a file. Rejects with a `BadFileError` that says what is wrong with it. */
export async function readContents(content: Uint8Array): Promise<VaeContents> {
  const { manifest, parts } = await readArchive(content);
  const facts = readFacts(manifest);
  const codes = readCodes(parts, facts.latentDim);
  const classNames = readClassNames(manifest, parts.has("labels.u32"));
  const tiles = readTiles(parts.get("tiles.png"), manifest.tiles);
  return {
    manifest,
    facts,
    encoder: parts.get("encoder.onnx")!,
    decoder: parts.get("decoder.onnx")!,
    score: parts.get("score.onnx") ?? null,
    preprocess: readPreprocessing(
      parts.get("detector.json"),
      facts.sampleShape.reduce((product, side) => product * side, 1),
    ),
    codes,
    classes: readClasses(parts.get("labels.u32"), codes?.count ?? 0, classNames),
    classNames,
    tiles: tiles && tiles.count === codes?.count ? tiles : null,
    ...rendererOf(manifest.renderer, facts.sampleShape),
    policy: readPolicy(parts.get("policy.json")),
    history: readHistory(manifest.training),
  };
}

function readCodes(parts: Map<string, Uint8Array>, latentDim: number): Codes | null {
  const means = readRows(parts, "latents.f32", latentDim);
  const logVars = readRows(parts, "log_vars.f32", latentDim);
  if (logVars && logVars.length !== means?.length) {
    throw new BadFileError("Part 'log_vars.f32' has other rows than 'latents.f32'.");
  }
  return means && { count: means.length / latentDim, means, logVars };
}

function readRows(parts: Map<string, Uint8Array>, name: string, latentDim: number): Float32Array | null {
  const part = parts.get(name);
  if (!part) return null;
  const row = 4 * latentDim;
  if (!part.length || part.length % row) {
    throw new BadFileError(
      `Part '${name}' has ${part.length} bytes; expected a multiple of ${row}, rows of ${latentDim} float32 numbers.`,
    );
  }
  const rows = new Float32Array(part.slice().buffer);
  if (!rows.every(Number.isFinite)) throw new BadFileError(`Part '${name}' has NaN or infinite numbers.`);
  return rows;
}

function readClassNames({ label_names }: Json, isNeeded: boolean): string[] {
  if (!isNeeded) return [];
  if (!Array.isArray(label_names) || !label_names.every((name) => typeof name === "string")) {
    throw new BadFileError("Part 'manifest.json': 'label_names' must be a list of texts.");
  }
  return label_names;
}

function readClasses(part: Uint8Array | undefined, count: number, names: string[]): Uint32Array | null {
  if (!part) return null;
  const classes = part.length === 4 * count ? new Uint32Array(part.slice().buffer) : null;
  if (!classes?.every((index) => index <= names.length)) {
    throw new BadFileError(
      `Part 'labels.u32' must have a uint32 number from 0 to ${names.length} for each of ${count} rows of 'latents.f32'.`,
    );
  }
  return names.length <= MOST_CLASSES ? classes : null;
}

/** The tiles of samples. The header of the picture is read before a browser takes memory for its pixels. */
function readTiles(png: Uint8Array | undefined, layout: unknown): WireAtlas | null {
  if (!png) return null;
  const { count, columns, tile_width, tile_height } = isObject(layout) ? layout : {};
  const isCount = (value: unknown) =>
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MOST_PIXELS_A_SIDE ** 2;
  if (![count, columns, tile_width, tile_height].every(isCount)) {
    throw new BadFileError(
      "Part 'manifest.json': 'tiles' must have the whole numbers count, columns, tile_width, tile_height.",
    );
  }
  const [width, height] = [columns * tile_width, Math.ceil(count / columns) * tile_height];
  const isPng = png.length > 24 && PNG_SIGN.every((byte, i) => png[i] === byte);
  const view = new DataView(png.slice().buffer);
  const fits = isPng && view.getUint32(16) === width && view.getUint32(20) === height;
  if (!fits || Math.max(width, height) > MOST_PIXELS_A_SIDE) {
    throw new BadFileError(
      `Part 'tiles.png' is not a picture of ${width} x ${height} pixels, as the manifest says.`,
    );
  }
  return width * height <= MOST_PIXELS ? { png: view, count, columns, tile_width, tile_height } : null;
}
