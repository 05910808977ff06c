/** The codec of a widget in the page: its model and its renderer (widgets/base/in_page.py). */

import type { AnyModel } from "@anywidget/types";
import { Tiles, type RawTiles } from "../kernel/atlas.ts";
import { Channel } from "../kernel/channel.ts";
import { listen } from "../kernel/listen.ts";
import type { Answer } from "../kernel/messages.ts";
import { pageSetting } from "../kernel/page_settings.ts";
import type { InPageModel, ModelSource } from "../model/in_page_model.ts";
import { paintOf, type PageRenderer, type Paint, type RendererSpec } from "../rendering/page_renderer.ts";
import { twinOf } from "../rendering/twins.ts";
import { modelOf, runtimeOf } from "./carried_models.ts";

/** The trait `_model`. */
export interface Offer {
  /** Names the model with its present weights. */
  id: string;
  /** What the status line calls it: the name of its file, for example. */
  name: string;
  renderer: RendererSpec;
}

/** Up to this time for one decoded picture, in ms, the page still draws 30 frames a second. */
const QUICK = 20;
/** The page works this long, in ms, before it draws the next frame. */
const SLICE = 12;

export class PageCodec {
  readonly latentDim: number;
  readonly #model: InPageModel;
  readonly #renderer: PageRenderer;
  /** What one picture takes, in ms. */
  readonly #perPicture: number;

  constructor(model: InPageModel, renderer: PageRenderer) {
    this.latentDim = model.latentDim;
    this.#model = model;
    this.#renderer = renderer;
    this.#perPicture = this.#time();
    // The first ones take longer; a slow model need not run again to be known as one.
    for (let i = 0; i < 2 && this.#perPicture < 5 * QUICK; i++) this.#perPicture = this.#time();
  }

  /** Of one picture, in its own pixels. */
  get size(): { width: number; height: number } {
    return this.#renderer;
  }

  /** Whether a picture is there as soon as the pointer moves. */
  get isQuick(): boolean {
    return this.#perPicture <= QUICK;
  }

  /** How many pictures may be made before the page draws its next frame. */
  get rowsOfSlice(): number {
    return Math.max(1, Math.floor(SLICE / Math.max(this.#perPicture, 0.01)));
  }

  #time(): number {
    const start = performance.now();
    this.draw(this.decode(new Float32Array(this.latentDim)));
    return performance.now() - start;
  }

  /** Samples of latent vectors (n, latentDim). */
  decode(z: Float32Array): Float32Array {
    return this.#model.decode(z);
  }

  /** The pixels of samples. */
  draw(samples: Float32Array): RawTiles {
    return this.#renderer.draw(samples);
  }

  /** What paints samples, sharp at any size; undefined where a tile is all there is. */
  paintOf(sampleAt: (index: number) => Float32Array | undefined): Paint | undefined {
    return paintOf(this.#renderer, sampleAt);
  }

  /** The difference of a sample, of which the tile is here, and its reconstruction; null if a tile does not tell. */
  residual(tile: RawTiles["rgba"], xHat: Float32Array): RawTiles | null {
    const x = this.#renderer.samplesOf(tile);
    return x && this.#renderer.difference(x, xHat);
  }

  /** The pictures of latent vectors (n, latentDim), at once. */
  pictures(z: Float32Array): Tiles {
    return Tiles.of(this.draw(this.decode(z)));
  }

  /** Those of many: a few at a time, so that the page keeps drawing, and none once `signal` is aborted. */
  async manyPictures(z: Float32Array, signal?: AbortSignal): Promise<Tiles> {
    const { width, height } = this.#renderer;
    const count = z.length / this.latentDim;
    const tiles = Tiles.blank(count, width, height);
    const size = this.latentDim * this.rowsOfSlice;
    for (let first = 0; first < z.length; first += size) {
      if (first > 0) await nextTask();
      if (signal?.aborted) break;
      const { rgba } = this.draw(this.decode(z.subarray(first, first + size)));
      tiles.put(first / this.latentDim, rgba);
    }
    return tiles;
  }
}

/** Let the page draw. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** The `PageCodec` of one view, which follows the trait `_model`. */
export class WidgetCodec {
  /** Why the model does not run in the page, for the status line; empty if it does, or may. */
  failure = "";
  readonly #model: AnyModel<any>;
  readonly #watchers = new Set<() => void>();
  #name = "";
  #codec: PageCodec | null = null;
  /** The request for the model, until it is answered. */
  #pending: { seq: number; take: (answer: Answer<"model">) => void } | null = null;
  readonly #stops: (() => void)[];

  constructor(model: AnyModel<any>) {
    this.#model = model;
    this.#stops = [
      Channel.of(model).listen({
        model: (answer) => this.#pending?.seq === answer.seq && this.#pending?.take(answer),
      }),
      listen(model, { _model: () => this.#offer?.id === this.#name || this.#drop() }),
    ];
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#watchers.clear();
    this.#pending?.take({}); // another view may ask again
    this.#name = "";
  }

  /**
   * The codec with the present weights; null while the kernel decodes. The first call asks for the model.
   * One that would hold up the page is used only where no kernel answers.
   */
  get(): PageCodec | null {
    const offer = this.#offer;
    if (offer && offer.id !== this.#name) void this.#load(offer);
    return this.#codec?.isQuick || Channel.of(this.#model).silent ? this.#codec : null;
  }

  /** Call `changed` when there is another codec or none, or `failure`. Returns a function that stops it. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  get #offer(): Offer | null {
    const offer = this.#model.get("_model");
    return offer?.id ? offer : null;
  }

  async #load({ id, name, renderer }: Offer): Promise<void> {
    this.#name = id;
    this.#codec = null;
    let made: PageCodec | null = null;
    let failure = "";
    try {
      const model = await modelOf(id, () => this.#bring(id), load);
      const twin = twinOf(renderer, model.sampleShape);
      if (twin) made = new PageCodec(model, twin);
    } catch (error) {
      if (!(error instanceof FromKernel)) failure = error instanceof Error ? error.message : String(error);
    }
    if (this.#name !== id) return; // there is a newer one
    this.#codec = made;
    this.failure = failure && `The model ${name} does not run in the page: ${failure} The kernel decodes.`;
    this.#tell();
  }

  #bring(id: string): Promise<SentModel> {
    return new Promise((resolve, reject) => {
      const megabytes = parseFloat(pageSetting("inPageMegabytes"));
      const bound = megabytes >= 0 ? { most_bytes: Math.round(megabytes * 1e6) } : {};
      const { seq } = Channel.of(this.#model).post("model", { id, ...bound });
      const take = ({ error, decoder, label, runtime }: Answer<"model">) => {
        this.#pending = null;
        if (error || !decoder || !runtime) return reject(new FromKernel(error));
        const bytes = new Uint8Array(decoder.buffer, decoder.byteOffset, decoder.byteLength);
        resolve({ decoder: bytes, ...(label?.length ? { label } : {}), runtime });
      };
      this.#pending = { seq, take };
    });
  }

  #drop(): void {
    this.#name = "";
    this.#codec = null;
    this.failure = "";
    this.#tell();
  }

  #tell(): void {
    for (const changed of [...this.#watchers]) changed();
  }
}

/** A model as the kernel sends it: with the code that runs it. */
type SentModel = ModelSource & { runtime: string };

async function load({ runtime, ...source }: SentModel): Promise<InPageModel> {
  const { loadModel } = await runtimeOf(runtime);
  return loadModel(source);
}

/** The kernel does not send the model: it decodes itself, and there is nothing to say. */
class FromKernel extends Error {}
