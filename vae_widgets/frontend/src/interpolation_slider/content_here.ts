/**
 * The content of a slider after a change that the page makes itself, until the kernel sends its own: ends that
 * are swapped, and other methods.
 */

import type { AnyModel } from "@anywidget/types";
import { nextTask, WidgetCodec, type PageCodec } from "../codec/page_codec.ts";
import { logPriors, stepSizes } from "../codec/path_profile.ts";
import { latentPath, LEGS, pathPoint } from "../codec/paths.ts";
import { readArray, writeArray, type TypedArray, type WireArray } from "../kernel/arrays.ts";
import { Tiles } from "../kernel/atlas.ts";
import { listen } from "../kernel/listen.ts";
import { withPaint, type FilmTiles } from "./film_tiles.ts";
import type { Content, State } from "./state.ts";

/** A value is on a frame within this part of a frame, as in widgets/interpolation_slider/film.py. */
const ON_FRAME = 1e-9;

/** Changes the content of one slider in the page. */
export class ContentHere {
  readonly #model: AnyModel<State>;
  readonly #codec: WidgetCodec;
  readonly #stop: () => void;
  /** What the kernel had when the page changed something, until the kernel sends its content. */
  #before: Partial<State> = {};
  #decoding = new AbortController();

  constructor(model: AnyModel<State>) {
    this.#model = model;
    this.#codec = new WidgetCodec(model);
    this.#stop = listen(model, {
      _content: () => {
        this.#decoding.abort();
        if (!model.get("_content").in_page) this.#before = {};
      },
    });
  }

  /** Ask for the model, if it is not here: another method is about to be chosen. */
  prepare(): void {
    this.#codec.get();
  }

  /** Call `changed` when the page can decode, or no more. Returns a function that stops it. */
  watch(changed: () => void): () => void {
    return this.#codec.watch(changed);
  }

  /** The point of the chosen path at a value between two frames, decoded; null on a frame, or if the kernel alone knows it. */
  between(value: number): { z: Float32Array; tiles: FilmTiles } | null {
    const { strips, stops } = this.#model.get("_content");
    const method = this.#model.get("method");
    const strip = strips.find((each) => each.method === method);
    if (!strip || !Object.hasOwn(LEGS, method)) return null;
    const [frames, k] = strip.path.shape;
    const frame = value * (frames - 1);
    if (Math.abs(frame - Math.round(frame)) < ON_FRAME) return null;
    const codec = this.#codec.get();
    if (codec?.latentDim !== k) return null;
    const z = Float32Array.from(pathPoint(wayPoints(strip.path, stops), stops, frame, LEGS[method]));
    const sample = codec.decode(z);
    return { z, tiles: withPaint(Tiles.of(codec.draw(sample)), codec.paintOf(() => sample)) };
  }

  /** Swap the ends, as `InterpolationSlider.swap_ends` does. */
  swap(): void {
    const ends = this.#model.get("_ends");
    this.#set({
      _content: swapped(this.#model.get("_content")),
      _ends: { ...ends, start: ends.end, end: ends.start },
      value: 1 - this.#model.get("value"),
    });
  }

  /** Decode the methods that are chosen, if the page can. `film` has the tiles of the present content. */
  async decode(film: FilmTiles): Promise<void> {
    const content = this.#model.get("_content");
    const methods = this.#model.get("compare") ? content.methods : [this.#model.get("method")];
    const codec = this.#codec.get();
    const { strips } = content;
    const isThere = strips.length === methods.length && strips.every(({ method }) => methods.includes(method));
    const areKnown = methods.every((name) => Object.hasOwn(LEGS, name));
    if (isThere || !areKnown || codec?.latentDim !== strips[0].path.shape[1]) return;
    this.#decoding.abort();
    const { signal } = (this.#decoding = new AbortController());
    const made = await decoded(content, film, codec, methods, signal);
    if (made && !signal.aborted) this.#set({ _content: made });
  }

  /** The kernel refuses: show again what it has. */
  restore(): void {
    this.#decoding.abort();
    this.#write(this.#before);
  }

  close(): void {
    this.#decoding.abort();
    this.#stop();
    this.#codec.close();
  }

  #set(change: Partial<State>): void {
    const names = Object.keys(change) as (keyof State)[];
    this.#before = { ...Object.fromEntries(names.map((name) => [name, this.#model.get(name)])), ...this.#before };
    this.#write(change);
  }

  #write(change: Partial<State>): void {
    for (const [name, value] of Object.entries(change)) this.#model.set(name as keyof State, value as never);
  }
}

/** The same path, walked the other way round. */
function swapped(content: Content): Content {
  const last = content.strips[0].path.shape[0] - 1;
  return {
    ...content,
    in_page: true,
    reversed: !content.reversed,
    strips: content.strips.map(({ method, path, log_prior, step_size, samples }) => ({
      method,
      path: reversedRows(path),
      log_prior: reversedRows(log_prior),
      step_size: reversedRows(step_size),
      samples: samples && reversedRows(samples),
    })),
    drawing: content.drawing && { ...content.drawing, ends: reversedRows(content.drawing.ends) },
    stops: content.stops.map((stop) => last - stop).reverse(),
    kinds: content.kinds.toReversed(),
  };
}

/**
 * Other methods through the same way-points, decoded a few frames at a time. `film` has the tiles of the content,
 * of which the ends are kept. Null once `signal` is aborted.
 */
async function decoded(
  content: Content,
  film: FilmTiles,
  codec: PageCodec,
  methods: string[],
  signal: AbortSignal,
): Promise<Content | null> {
  const { strips, stops } = content;
  const before = strips[0];
  const [frames, k] = before.path.shape;
  const points = wayPoints(before.path, stops);
  const paths = methods.map((method) => latentPath(points, stops, frames, LEGS[method]));
  const count = methods.length * frames;
  const { width, height } = codec.size;
  const tiles = Tiles.blank(count + 2, width, height);
  for (const end of [0, 1]) tiles.copy(count + end, film, strips.length * frames + end);
  const samples: Float32Array[] = [];
  for (let first = 0; first < count; first += codec.rowsOfSlice) {
    if (first > 0) await nextTask();
    if (signal.aborted) return null;
    const rows = Math.min(codec.rowsOfSlice, count - first);
    const z = new Float32Array(rows * k);
    for (let i = 0; i < rows; i++) {
      const at = (first + i) % frames;
      z.set(paths[Math.floor((first + i) / frames)].subarray(at * k, (at + 1) * k), i * k);
    }
    const made = codec.decode(z);
    tiles.put(first, codec.draw(made).rgba);
    const size = made.length / rows;
    for (let i = 0; i < rows; i++) samples.push(made.slice(i * size, (i + 1) * size));
  }
  return {
    ...content,
    in_page: true,
    reversed: false,
    atlas: tiles,
    strips: methods.map((method, i) => {
      const own = samples.slice(i * frames, (i + 1) * frames);
      return {
        method,
        path: writeArray(paths[i], [frames, k]),
        log_prior: writeArray(logPriors(paths[i], frames)),
        step_size: writeArray(stepSizes(own, content.tokens)),
        samples: before.samples && writeArray(joined(own), [frames, own[0].length]),
      };
    }),
  };
}

/** The latent vectors at the frames `stops`. */
function wayPoints(path: WireArray, stops: number[]): Float32Array[] {
  const k = path.shape[1];
  const values = readArray(path);
  return stops.map((stop) => values.slice(stop * k, (stop + 1) * k));
}

function joined(rows: Float32Array[]): Float32Array {
  const all = new Float32Array(rows.length * rows[0].length);
  rows.forEach((row, i) => all.set(row, i * row.length));
  return all;
}

function reversedRows(wire: WireArray): WireArray {
  const values = readArray<TypedArray>(wire);
  const rows = wire.shape[0];
  const size = values.length / rows;
  const made = values.slice();
  for (let row = 0; row < rows; row++) {
    made.set(values.subarray(row * size, (row + 1) * size), (rows - 1 - row) * size);
  }
  return writeArray(made, wire.shape);
}
