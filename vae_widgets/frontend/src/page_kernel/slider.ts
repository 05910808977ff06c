/** What Python does for an InterpolationSlider (widgets/interpolation_slider/), in a page without it. */

import { stepSizes } from "../codec/path_profile.ts";
import { LEGS, latentPath } from "../codec/paths.ts";
import { readArray, writeArray, type WireArray } from "../kernel/arrays.ts";
import type { RendererSpec } from "../rendering/page_renderer.ts";
import { twinOf } from "../rendering/twins.ts";
import type { PageMessage, PageModel } from "./page_model.ts";
import { joined, type Decoder } from "./decoder.ts";
import type { Parts } from "./parts.ts";
import { answerSounds } from "./sound.ts";
import type { ScatterKernel } from "./scatter.ts";

/** A point that the path goes through; `sample` is null for a latent vector. */
interface WayPoint {
  z: Float32Array;
  sample: Float32Array | null;
}

interface End {
  at: [number, number];
  point: number;
}

/** The number of frames of a path that are played, one after another; as in Python. */
const FRAMES_HEARD = 5;
const NEEDS_PYTHON = "New frames need Python: this page cannot decode and draw them.";

export class SliderKernel {
  readonly #model: PageModel;
  readonly #decoder: Decoder | null;
  /** The scatter that shows the path. */
  readonly #scatter: ScatterKernel | null;
  readonly #latents: Float32Array | null;
  /** The path from neighbour to neighbour, as long as the ends are those of the beginning. */
  #neighbours: Float32Array | null;
  #points: WayPoint[];
  #rows: { start: number | null; end: number | null };
  #latest = 0;

  constructor(model: PageModel, parts: Parts, scatter: ScatterKernel | null) {
    const own = model.own!;
    this.#model = model;
    const inPage = parts.inPageModel(own.model);
    const renderer = inPage && twinOf(own.renderer as RendererSpec, inPage.sampleShape);
    this.#decoder = renderer && parts.decoder(own.model, renderer);
    this.#scatter = scatter;
    this.#latents = own.latents && readArray(own.latents);
    this.#neighbours = own.neighbours && readArray(own.neighbours);
    this.#points = own.points.map(({ z, sample }: Record<string, WireArray | null>) => ({
      z: readArray(z!),
      sample: sample && readArray(sample),
    }));
    const { start, end } = model.get("_ends");
    this.#rows = { start, end };
    model.observe("method", () => void this.#redraw());
    model.observe("compare", () => void this.#redraw());
    model.handle("swap", () => this.#swap());
    if (this.#decoder) answerSounds(model, renderer, (what) => this.#heard(what));
    model.handle("end", ({ which, sample }) => this.#chooseEnd(which, sample));
    if (!scatter) return;
    scatter.model.handle("path", (message) => this.#choosePath(message));
    scatter.model.observe("picked", () => this.#tellEnds());
    scatter.whenPlaneChanges(() => this.#drawPath());
  }

  get #steps(): number {
    return this.#model.get("_content").strips[0].path.shape[0];
  }

  // -- ends --------------------------------------------------------------------------------------

  async #swap(): Promise<object> {
    this.#points = this.#points.toReversed();
    this.#neighbours = this.#neighbours && reversed(this.#neighbours, this.#points[0].z.length);
    this.#rows = { start: this.#rows.end, end: this.#rows.start };
    this.#model.commit({ value: this.#model.get("value") }); // the view has mirrored it
    await this.film();
    this.#tellEnds();
    return {};
  }

  async #chooseEnd(which: "start" | "end", sample: number | null): Promise<object> {
    await this.#move(which === "start" ? 0 : this.#points.length - 1, this.#pointOf(sample));
    this.#rows[which] = sample;
    this.#tellEnds();
    return {};
  }

  async #choosePath({ start, end, via }: PageMessage & { start?: End; end?: End; via?: End & { which: number } }) {
    const scatter = this.#scatter!;
    const there = ({ at, point }: End) =>
      point < 0 ? { z: scatter.latentAt(at), sample: null } : this.#pointOf(point);
    if (start) this.#rows.start = null;
    if (end) this.#rows.end = null;
    const last = this.#points.length - 1;
    for (const [at, to] of [[0, start], [last, end], [(via?.which ?? 0) + 1, via]] as const) {
      if (to) this.#points = this.#points.with(at, there(to));
    }
    this.#neighbours = null;
    await this.film();
    this.#tellEnds();
    return {};
  }

  /** A sample by its number, or the point that is picked in the scatter. */
  #pointOf(sample: number | null): WayPoint {
    const scatter = this.#scatter;
    if (sample === null) {
      const index = scatter?.model.get("picked_index") ?? -1;
      if (index >= 0) return this.#pointOf(index);
      const z = scatter && readArray(scatter.model.get("picked"));
      if (!z?.length) throw new Error("no point is picked in the linked scatter: click one first.");
      return { z: z.slice(), sample: null };
    }
    const codes = scatter?.samples;
    if (codes) {
      const known = scatter.pictures.samples;
      const told = this.#model.own!.ends !== "latent" && known !== null && this.#decoder?.size !== codes.latentDim;
      return { z: codes.code(sample), sample: told ? known.of([sample]) : null };
    }
    const k = this.#points[0].z.length;
    return { z: this.#latents!.slice(sample * k, (sample + 1) * k), sample: null };
  }

  async #move(at: number, point: WayPoint): Promise<void> {
    const before = [this.#points, this.#neighbours] as const;
    this.#points = this.#points.with(at, point);
    this.#neighbours = null;
    try {
      await this.film();
    } catch (error) {
      [this.#points, this.#neighbours] = before;
      throw error;
    }
  }

  #tellEnds(): void {
    const scatter = this.#scatter;
    const picked = Boolean(scatter && readArray(scatter.model.get("picked")).length);
    this.#model.commit({ _ends: { ...this.#model.get("_ends"), ...this.#rows, picked } });
  }

  /** The samples of a frame, or of some along the path. */
  #heard(what: number | string): Promise<Float32Array> {
    const { strips } = this.#model.get("_content");
    const shown = strips.find(({ method }: { method: string }) => method === this.#model.get("method"));
    const { path } = shown ?? strips[0];
    const [steps, k] = path.shape;
    const heard = Math.min(FRAMES_HEARD, steps);
    const along = Array.from({ length: heard }, (_, i) => Math.round((i * (steps - 1)) / (heard - 1)));
    const frames = what === "path" ? along : [Number(what)];
    const z = readArray(path);
    return this.#decoder!.samples(Float32Array.from(frames.flatMap((i) => [...z.subarray(i * k, (i + 1) * k)])));
  }

  // -- frames ------------------------------------------------------------------------------------

  async #redraw(): Promise<void> {
    try {
      await this.film();
    } catch (error) {
      this.#model.post("state", { error: (error as Error).message });
    }
  }

  /** Decode all frames of the methods that are shown. */
  async film(): Promise<void> {
    const model = this.#model;
    const decoder = this.#decoder;
    const before = model.get("_content");
    const has = (method: string) => before.strips.some((strip: { method: string }) => strip.method === method);
    if (!decoder) throw new Error(NEEDS_PYTHON);
    const methods = [...Object.keys(LEGS), ...(this.#neighbours ? ["neighbours"] : [])];
    if (!methods.includes(model.get("method"))) model.set("method", has("linear") ? "linear" : "slerp");
    const shown = model.get("compare") ? methods : [model.get("method")];
    const steps = this.#steps;
    const last = this.#points.length - 1;
    const stops = this.#points.map((_, i) => Math.round((i * (steps - 1)) / last));
    const z = this.#points.map((point) => point.z);
    const paths = shown.map((name) => (name === "neighbours" ? this.#neighbours! : latentPath(z, stops, steps, LEGS[name])));
    const mine = ++this.#latest;
    const points = this.#points;
    const samples = await Promise.all(paths.map((path) => decoder.samples(path)));
    const frame = (at: number) => samples[0].subarray(at * decoder.size, (at + 1) * decoder.size);
    const ends = [points[0].sample ?? frame(0), points[last].sample ?? frame(steps - 1)];
    const atlas = await decoder.draw([...samples, ...ends].reduce(joined));
    if (mine !== this.#latest) return;
    const short = before.strips[0].samples !== null;
    model.commit({
      _content: {
        ...before,
        atlas,
        in_page: false,
        reversed: false,
        methods,
        drawing: before.drawing && {
          ...before.drawing,
          ends: writeArray(ends.reduce(joined), [2, decoder.size]),
        },
        stops,
        kinds: [points[0], points[last]].map(({ sample }) => (sample ? "sample" : "latent")),
        strips: shown.map((method, i) => ({
          method,
          path: writeArray(paths[i], [steps, z[0].length]),
          log_prior: writeArray(logPrior(paths[i], z[0].length)),
          step_size: writeArray(stepSizes(rowsOf(samples[i], decoder.size), before.tokens)),
          samples: short ? writeArray(samples[i], [steps, decoder.size]) : null,
        })),
        revision: before.revision + 1,
      },
    });
    this.#drawPath();
  }

  /** Show the path in the scatter. */
  #drawPath(): void {
    const { strips, stops } = this.#model.get("_content");
    const path = strips.find(({ method }: { method: string }) => method === this.#model.get("method")) ?? strips[0];
    const positions = this.#scatter?.project(readArray(path.path));
    if (positions) this.#scatter!.model.commit({ _path: { slider: this.#model.id, positions, stops } });
  }
}

function reversed(path: Float32Array, k: number): Float32Array {
  return path.map((_, at) => path[path.length - k - (at - (at % k)) + (at % k)]);
}

/** Of each latent vector under N(0, I), in nats (core/latent/path_profile.py). */
export function logPrior(path: Float32Array, k: number): Float64Array {
  return Float64Array.from({ length: path.length / k }, (_, i) => {
    const z = path.subarray(i * k, (i + 1) * k);
    return -0.5 * (z.reduce((sum, value) => sum + value ** 2, 0) + k * Math.log(2 * Math.PI));
  });
}

function rowsOf(samples: Float32Array, size: number): Float32Array[] {
  return Array.from({ length: samples.length / size }, (_, i) => samples.subarray(i * size, (i + 1) * size));
}
