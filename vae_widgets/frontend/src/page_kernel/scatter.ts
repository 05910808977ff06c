/** What Python does for a LatentScatter (widgets/latent_scatter/), in a page without it. */

import { Codes } from "../codec/far_from_data.ts";
import { readArray, readTexts, writeArray, type WireArray } from "../kernel/arrays.ts";
import { Tiles, type WireAtlas } from "../kernel/atlas.ts";
import { labelOf } from "../latent_scatter/state/model.ts";
import type { InPageModel } from "../model/in_page_model.ts";
import type { PageModel, PageMessage } from "./page_model.ts";
import type { Decoder } from "./decoder.ts";
import { homeOf, LatentSamples, vector, type CarriedPlane } from "./latent_samples.ts";
import type { Parts } from "./parts.ts";
import { packTiles, type SamplePictures } from "./pictures.ts";
import { answerSounds } from "./sound.ts";

interface Own {
  model: string;
  encoder: string;
  codes: WireArray;
  keys: DataView | null;
  log_var: WireArray | null;
  scale: WireArray;
  limit: number | null;
  planes: Record<string, CarriedPlane>;
  density: object | [];
  pictures: number;
}

interface PickRequest {
  point: number;
  at?: [number, number];
  along?: number;
}

// As in widgets/latent_scatter/pictures.py.
const PREVIEW = { points: 400, pixels: 1_000_000, shape: 1.4 };
const NO_MODEL = "Decoding needs Python here: this page has no model that it can run.";
const NO_DRAWING = "Only Python can draw samples of this kind: open the model in a notebook.";
const NOT_LINEAR = "This projection needs Python: the page cannot go back from it to latent vectors.";

export class ScatterKernel {
  readonly samples: LatentSamples;
  readonly pictures: SamplePictures;
  readonly decoder: Decoder | null;
  /** The model, also where only Python draws what it decodes; null if it cannot encode. */
  readonly encoder: InPageModel | null;
  readonly model: PageModel;
  readonly #own: Own;
  readonly #whyNotDecoded: string;
  readonly #codes: Codes;
  readonly #planeFollowers = new Set<() => void>();
  #base: Float32Array;
  #latest = 0;
  #latestPreview = 0;

  constructor(model: PageModel, parts: Parts) {
    const own = (this.#own = model.own as Own);
    this.model = model;
    this.samples = new LatentSamples(own.codes, own.planes);
    this.pictures = parts.pictures(own.pictures);
    this.#whyNotDecoded = parts.inPageModel(own.encoder) ? NO_DRAWING : NO_MODEL;
    this.decoder = this.pictures.renderer && parts.decoder(own.model, this.pictures.renderer);
    const encoder = parts.inPageModel(own.encoder);
    this.encoder = encoder?.canEncode ? encoder : null;
    this.#codes = new Codes(own);
    this.#base = Float32Array.from(model.get("_pick").base ?? []);
    model.handle("codes", () => ({ codes: own.codes, log_var: own.log_var, scale: own.scale, limit: own.limit }));
    model.handle("keys", () => ({ keys: own.keys }));
    model.handle("find", ({ label }) => this.#find(label));
    model.handle("tile", async ({ index }) => (this.pictures.areThere ? { tiles: await this.pictures.of([index]) } : {}));
    model.handle("detail", ({ index }) => this.#detail(index));
    if (this.decoder) answerSounds(model, this.pictures.renderer, (what) => this.#heard(what));
    model.handle("pick", (request) => this.#answerPick(request as PageMessage & PickRequest));
    model.handle("place", ({ at }) => this.#place(at));
    // The page decodes these itself once its model is ready, and asks again.
    const later = () => (this.decoder ? {} : { error: this.#whyNotDecoded });
    model.handle("grid", later);
    model.handle("traversals", later);
    for (const name of ["group_a", "group_b"]) model.observe(name, () => this.#findAttribute());
    model.observe("bookmarks", () => this.#markBookmarks());
    model.observe("projection", () => this.#changePlane(true));
    model.observe("dims", () => this.#changePlane(false));
    model.observe("density", () => this.#showDensity());
    // A page without a decoder keeps what Python has decoded.
    if (this.decoder || !model.get("_grid").tiles.count) void this.#decodePreview();
  }

  /** Pick a sample's code. */
  pick(row: number): void {
    void this.#pick({ point: row });
  }

  /** Show a latent vector as if it had been picked. */
  showLatent(z: Float32Array): void {
    void this.#pick({ point: -1 }, z.slice());
  }

  /** The sample whose code is nearest to a latent vector, and its class in words. */
  nearestTo(z: Float32Array): { row: number; label: string } {
    const row = this.samples.nearestTo(z);
    return { row, label: labelOf(this.model.view, row) };
  }

  /** Up to `count` samples, evenly spread; their reconstructions where the page has only their tiles. */
  typicalSamples(count: number): Float32Array {
    const { samples } = this.pictures;
    const n = samples?.count ?? this.samples.count;
    const rows = Array.from({ length: Math.min(count, n) }, (_, i) => Math.floor((i * n) / Math.min(count, n)));
    if (samples) return samples.of(rows);
    return this.encoder!.decode(Float32Array.from(rows.flatMap((row) => [...this.samples.code(row)])));
  }

  /** The sample of a row, or what was decoded. */
  #heard(what: number | string): Float32Array {
    const { samples } = this.pictures;
    if (what !== "decoded") return samples ? samples.of([Number(what)]) : this.decoder!.model.decode(this.samples.code(Number(what)));
    const z = readArray(this.model.get("picked"));
    if (!z.length) throw new Error("nothing was decoded yet");
    return this.decoder!.model.decode(z);
  }

  whenPlaneChanges(call: () => void): void {
    this.#planeFollowers.add(call);
  }

  /** Where latent vectors lie on the plane that is shown. */
  project(z: Float32Array): WireArray | null {
    const places = this.#plane?.project(z);
    return places ? writeArray(places, [z.length / this.samples.latentDim, this.#dims.length]) : null;
  }

  /** The latent vector of a place on the plane. */
  latentAt(at: [number, number]): Float32Array {
    const plane = this.#plane;
    if (!plane) throw new Error(NOT_LINEAR);
    return plane.toLatent(plane.coordinates(at, readArray(this.model.get("slice_at"))));
  }

  get #dims(): number[] {
    return this.model.get("dims");
  }

  get #plane() {
    return this.samples.plane(this.model.get("projection"), this.#dims);
  }

  // -- pictures ----------------------------------------------------------------------------------

  async #answerPick({ point, at, along }: PickRequest): Promise<object> {
    return { error: await this.#pick({ point, at, along }) };
  }

  async #pick({ point, at, along }: PickRequest, given?: Float32Array): Promise<string> {
    const { model } = this;
    try {
      const z = given ?? this.#latentOf({ point, at, along });
      if (along === undefined) this.#base = z;
      const mine = ++this.#latest;
      const drawn = given && !this.decoder ? null : await this.#draw(z, point);
      if (mine !== this.#latest) return "";
      model.commit({
        picked: vector(z),
        picked_index: point,
        _pick: {
          point,
          along: along ?? 0,
          base: [...this.#base],
          ...this.#where(z, point, at),
          ...(drawn && { tiles: drawn }),
          text: "",
          off_data: this.#codes.isFar(z),
          error: "",
          in_page: true,
        },
      });
      return "";
    } catch (error) {
      const why = (error as Error).message;
      model.commit({ picked: vector([]), picked_index: -1, _pick: { point, at, error: why } });
      return why;
    }
  }

  /** The picture of a latent vector, and of the sample that it belongs to if `point` is not below 0. */
  async #draw(z: Float32Array, point: number): Promise<WireAtlas> {
    const decoder = this.#decoderOrFail;
    const { samples } = this.pictures;
    if (samples) return decoder.pictures(z, point >= 0 ? samples.of([point]) : undefined);
    return decoder.picturesBeside(z, point >= 0 ? await this.pictures.tileOf(point, decoder.renderer) : null);
  }

  #latentOf({ point, at, along }: PickRequest): Float32Array {
    if (along !== undefined) {
      const attribute = readArray(this.model.get("attribute"));
      return this.#base.map((value, i) => value + along * attribute[i]);
    }
    return point >= 0 ? this.samples.code(point) : this.latentAt(at!);
  }

  /** Where a latent vector lies, in all coordinates and on the plane. */
  #where(z: Float32Array, point: number, at?: [number, number]) {
    const name = this.model.get("projection");
    const all = z.map((_, i) => i);
    const coordinates = this.samples.plane(name, [...all])?.project(z) ?? [];
    if (point >= 0) {
      const positions = readArray(this.model.get("_positions"));
      return { at: [...positions.slice(2 * point, 2 * point + 2)], coordinates: [...coordinates] };
    }
    const place = at ?? this.#dims.map((dim) => coordinates[dim]);
    return { at: [place[0], this.#dims.length > 1 ? place[1] : null], coordinates: [...coordinates] };
  }

  get #decoderOrFail(): Decoder {
    if (!this.decoder) throw new Error(this.#whyNotDecoded);
    return this.decoder;
  }

  #place(at: [number, number]): object {
    const { model, renderer } = this.#decoderOrFail;
    const z = this.latentAt(at);
    return { tiles: Tiles.of(renderer.draw(model.decode(z))), off_data: this.#codes.isFar(z) };
  }

  async #detail(row: number): Promise<object> {
    const { decoder } = this;
    const covariance = this.#covariance(row);
    if (!decoder) {
      const tiles = this.pictures.areThere ? await this.pictures.of([row]) : { count: 0 };
      return { tiles, text: "", covariance };
    }
    const code = this.samples.code(row);
    const { samples } = this.pictures;
    if (samples) return { tiles: await decoder.compared(samples.of([row]), decoder.model.decode(code)), text: "", covariance };
    const tile = await this.pictures.tileOf(row, decoder.renderer);
    const xHat = decoder.model.decode(code);
    const x = tile && decoder.renderer.samplesOf(tile.rgba);
    const tiles = x ? decoder.compared(x, xHat) : packTiles([...(tile ? [tile] : []), decoder.renderer.draw(xHat)]);
    return { tiles: await tiles, text: "", covariance };
  }

  #find(label: string): object {
    const keys = readTexts(this.#own.keys)!;
    const point = keys.indexOf(label);
    if (point < 0) throw new Error(`No sample has the label '${label.slice(0, 80)}' in the index.`);
    return { point, count: keys.filter((key) => key === label).length };
  }

  /** Of q(z | x) of a sample on the plane: U diag(sigma^2) U^T with the directions U. */
  #covariance(row: number): number[] {
    const variance = this.samples.projection(this.model.get("projection")).prior && this.#codes.varianceOf(row);
    return (variance && this.#plane?.covariance(variance)) || [];
  }

  // -- the plane ---------------------------------------------------------------------------------

  #changePlane(isNewProjection: boolean): void {
    const { model, samples } = this;
    const name = model.get("projection");
    const plane = samples.projection(name);
    if (isNewProjection) {
      model.set_state({ slice_at: vector(readArray(plane.center)), _axes: plane.axes, dims: plane.dims });
    }
    const dims = this.#dims;
    const positions = samples.positions(name, dims);
    const home = homeOf(positions);
    const { origin, directions } = plane;
    model.commit({
      dims,
      slice_at: model.get("slice_at"),
      _linear: { projection: name, dims, ...(origin ? { origin, directions } : {}) },
      _positions: writeArray(positions, [samples.count, 2]),
      _home: home,
      view: home,
      density: false,
      _density: {},
      _prior: plane.prior ? [...this.#plane!.project(new Float32Array(samples.latentDim))] : [],
      ...(plane.prior ? {} : { prior: false }),
    });
    this.#markBookmarks();
    void this.#decodePreview();
    const { point = -1, base } = model.get("_pick");
    if (base) model.commit({ _pick: { ...model.get("_pick"), ...this.#where(readArray(model.get("picked")), point) } });
    for (const call of this.#planeFollowers) call();
  }

  /** The plane, decoded before anything is asked. */
  async #decodePreview(): Promise<void> {
    const { model, decoder } = this;
    const plane = this.#plane;
    const sliceAt = readArray(model.get("slice_at"));
    const bounds = model.get("_home");
    const before = model.get("_grid");
    const empty = { ...before, bounds, slice_at: [...sliceAt], columns: 1, rows: 1 };
    if (!decoder || !plane) return model.commit({ _grid: { ...empty, error: decoder ? NOT_LINEAR : this.#whyNotDecoded } });
    const { width, height } = decoder.renderer;
    const points = Math.min(PREVIEW.points, PREVIEW.pixels / (width * height));
    const shape = (PREVIEW.shape * height) / width;
    const [columns, rows] = [shape, 1 / shape].map((s) => Math.max(2, Math.round(Math.sqrt(points * s))));
    const [x0, x1, y0, y1] = bounds;
    const places = Array.from({ length: columns * rows }, (_, cell) => [
      x0 + ((cell % columns) + 0.5) * ((x1 - x0) / columns),
      y1 - (Math.floor(cell / columns) + 0.5) * ((y1 - y0) / rows),
    ]).flat();
    const mine = ++this.#latestPreview;
    const tiles = await decoder.pictures(plane.toLatent(plane.coordinates(places, sliceAt)));
    if (mine === this.#latestPreview) model.commit({ _grid: { bounds, columns, rows, slice_at: [...sliceAt], tiles, error: "" } });
  }

  /** The density that Python has computed is that of the first plane. */
  #showDensity(): void {
    const { model } = this;
    const first = this.#isFirstPlane;
    if (!model.get("density") || "rings" in model.get("_density")) return;
    const { density } = first ? this.#own : { density: [] };
    model.commit(Array.isArray(density) ? { density: false } : { _density: density });
  }

  #first = "";

  get #isFirstPlane(): boolean {
    const shown = JSON.stringify([this.model.get("projection"), this.#dims]);
    this.#first ||= shown;
    return shown === this.#first;
  }

  // -- what the reader keeps ---------------------------------------------------------------------

  #findAttribute(): void {
    const [a, b] = ["group_a", "group_b"].map((name) => readArray<Uint32Array>(this.model.get(name)));
    const [from, to] = [this.samples.mean(b), this.samples.mean(a)];
    const both = a.length && b.length;
    this.model.commit({ attribute: vector(both ? to.map((value, i) => value - from[i]) : []) });
  }

  #markBookmarks(): void {
    const plane = this.#plane;
    const places: [string, number[]][] = [];
    for (const [name, z] of Object.entries<WireArray>(this.model.get("bookmarks"))) {
      if (plane && z.shape[0] === this.samples.latentDim) places.push([name, [...plane.project(readArray(z))]]);
    }
    this.model.commit({ _bookmarked_at: Object.fromEntries(places) });
  }
}
