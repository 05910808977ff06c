/** What the page carries (widgets/exported_page/contents.py). */

/** Bytes that could not be read: the file was changed. */
export class DamagedError extends Error {}

export interface CarriedModel {
  /** Names of the Python class and of those that it derives from. */
  kinds: string[];
  /** Number of its module; -1 for none. */
  module: number;
  layout: Record<string, string>;
  state: Record<string, unknown>;
  /** What the page needs beside the traits, to answer as Python would. */
  own: Record<string, any>;
}

export interface PageData {
  title: string;
  root: string;
  /** How much larger than usual the widgets are shown (`vw.presentation`). */
  scale?: number;
  models: Record<string, CarriedModel>;
  codecs: unknown[];
  samples: unknown[];
  pictures: unknown[];
  buffers: string[];
}

const ID = /^[0-9a-f]{32}$/;

/** Read the JSON of the page; throws `DamagedError`. */
export function parsePage(text: string): PageData {
  try {
    const data = JSON.parse(text) as PageData;
    const whole =
      typeof data.title === "string" &&
      Array.isArray(data.buffers) &&
      [data.samples, data.codecs].every(Array.isArray) &&
      Array.isArray(data.pictures) &&
      Object.hasOwn(data.models, data.root) &&
      Object.entries(data.models).every(([id, model]) => ID.test(id) && isModel(model));
    if (whole) return data;
  } catch {
    // it is no JSON
  }
  throw new DamagedError("The data of this page is damaged.");
}

function isModel({ kinds, module, layout, state, own }: CarriedModel): boolean {
  const dicts = [layout, state, own].every((part) => part !== null && typeof part === "object");
  return Array.isArray(kinds) && Number.isInteger(module) && dicts;
}

/** Decode base64 of bytes that zlib has compressed; their checksum is verified. */
export async function inflate(text: string): Promise<DataView<ArrayBuffer>> {
  try {
    const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new DataView(await new Response(stream).arrayBuffer());
  } catch {
    throw new DamagedError("It was changed after it was saved.");
  }
}

export class Buffers {
  readonly #texts: string[];
  readonly #inflated = new Map<number, Promise<DataView<ArrayBuffer>>>();

  constructor(texts: string[]) {
    this.#texts = texts;
  }

  /** A copy of `value` in which `{"$buffer": number}` is the bytes; rejects if some are damaged. */
  async fill(value: any): Promise<any> {
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return Promise.all(value.map((part) => this.fill(part)));
    if (typeof value.$buffer === "number") return this.#buffer(value.$buffer);
    const entries = Object.entries(value).map(async ([key, part]) => [key, await this.fill(part)]);
    return Object.fromEntries(await Promise.all(entries));
  }

  #buffer(number: number): Promise<DataView<ArrayBuffer>> {
    let found = this.#inflated.get(number);
    if (!found) this.#inflated.set(number, (found = inflate(this.#texts[number] ?? "-")));
    return found;
  }
}
