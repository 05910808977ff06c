/**
 * What the page of a scatter decodes itself, as widgets/latent_scatter/pictures.py does in the kernel:
 * without the kernel, and before it answers.
 */

import type { Point } from "../../canvas/geometry.ts";
import { WidgetCodes } from "../../codec/far_from_data.ts";
import { LatentPlane } from "../../codec/latent_plane.ts";
import { WidgetCodec, type PageCodec } from "../../codec/page_codec.ts";
import { readArray } from "../../kernel/arrays.ts";
import { Tiles, type TileRef } from "../../kernel/atlas.ts";
import { Channel } from "../../kernel/channel.ts";
import type { Fields, LocalAnswer } from "../../kernel/messages.ts";
import type { Model } from "../state/model.ts";
import type { Covariance, PageGrid } from "../state/protocol.ts";

/** A decoded latent vector. */
export interface DecodedHere {
  z: Float32Array;
  tiles: Tiles;
  /** Whether it is far from data; null if only the kernel knows. */
  offData: boolean | null;
}

/** What the page knows of a hovered sample. */
export interface DetailHere {
  reconstruction: Tiles;
  /** Null without the sample's tile, or where a tile does not tell the values. */
  residual: Tiles | null;
  /** Of q(z | x) on the plane; null where there is none, or only the kernel knows. */
  covariance: Covariance | null;
}

// As in widgets/latent_scatter/pictures.py.
const TRAVERSAL_STEPS = 15;
const ATTRIBUTE_REACH = 2;
const PREVIEW_BUDGET = 1_000_000;

const decoders = new WeakMap<object, PageDecoder>();

export class PageDecoder {
  readonly #model: Model;
  readonly #codec: WidgetCodec;
  readonly #codes: WidgetCodes;
  readonly #stops: (() => void)[];
  /** The pictures of the sample that was hovered last. */
  #compared: { index: number; codec: PageCodec; sample: Tiles | null; reconstruction: Tiles; residual: Tiles | null } | null =
    null;

  private constructor(model: Model) {
    this.#model = model;
    this.#codec = new WidgetCodec(model);
    this.#codes = new WidgetCodes(model);
    const channel = Channel.of(model);
    this.#stops = [
      channel.answerLocally("place", ({ at: [x, y] }) => this.#answerPlace({ x, y })),
      channel.answerLocally("grid", (fields, signal) => this.#answerGrid(fields, signal)),
      channel.answerLocally("traversals", (fields, signal) => this.#answerTraversals(fields, signal)),
    ];
  }

  /** The one of a view, whose model is its own. */
  static of(model: Model): PageDecoder {
    let decoder = decoders.get(model);
    if (!decoder) decoders.set(model, (decoder = new PageDecoder(model)));
    return decoder;
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#codec.close();
    this.#codes.close();
    decoders.delete(this.#model);
  }

  /** Whether it follows a pointer that moves. */
  get isQuick(): boolean {
    return this.#plane !== null && this.#codec.get()?.isQuick === true;
  }

  /** Why the model does not run in the page, for the status line; empty if it does, or may. */
  get failure(): string {
    return this.#codec.failure;
  }

  /** Call `changed` when the page decodes with other weights, or no more. Returns a function that stops it. */
  watch(changed: () => void): () => void {
    return this.#codec.watch(changed);
  }

  /** What is decoded at a place, or of a sample if `point` is not below 0; null while the kernel decodes. */
  decode(place: Point, point = -1): DecodedHere | null {
    const z = this.latentOf(place, point);
    return z && this.#decode(z);
  }

  /** The latent vector of a place, or of a sample if `point` is not below 0; null if only the kernel knows. */
  latentOf({ x, y }: Point, point: number): Float32Array | null {
    if (point >= 0) return this.#codes.get()?.codeOf(point) ?? null;
    const plane = this.#plane;
    return plane && plane.toLatent(plane.coordinates([x, y], this.#sliceAt));
  }

  /** Where latent vectors lie on the plane: (n, 2), or (n, 1) for one coordinate. */
  project(z: Float32Array): Float32Array | null {
    return this.#plane?.project(z) ?? null;
  }

  /** What is picked, moved along the attribute. */
  along(value: number): DecodedHere | null {
    const from = this.#model.get("_pick").base;
    const attribute = readArray(this.#model.get("attribute"));
    if (!from || from.length !== attribute.length) return null;
    return this.#decode(moved(from, attribute, value));
  }

  /** The reconstruction, residual and posterior of a sample, of which `sample` is the tile; null while the kernel decodes. */
  detail(index: number, sample: TileRef | null): DetailHere | null {
    const codec = this.#codec.get();
    const z = this.#codes.get()?.codeOf(index);
    if (!z || codec?.latentDim !== z.length) return null;
    const tile = sample?.tiles ?? null;
    const known = this.#compared;
    if (known?.index !== index || known.codec !== codec || known.sample !== tile) {
      const xHat = codec.decode(z);
      const residual = sample && codec.residual(sample.tiles.pixels(sample.index), xHat);
      this.#compared = {
        index,
        codec,
        sample: tile,
        reconstruction: Tiles.of(codec.draw(xHat)),
        residual: residual && Tiles.of(residual),
      };
    }
    const { reconstruction, residual } = this.#compared!;
    return { reconstruction, residual, covariance: this.#covarianceOf(index) };
  }

  #covarianceOf(index: number): Covariance | null {
    if (!this.#model.get("_prior").length) return null;
    const variance = this.#codes.get()?.varianceOf(index);
    const covariance = variance && this.#plane?.covariance(variance);
    return covariance?.length === 4 ? (covariance as Covariance) : null;
  }

  #decode(z: Float32Array): DecodedHere | null {
    const codec = this.#codec.get();
    if (codec?.latentDim !== z.length) return null;
    const codes = this.#codes.get();
    return { z, tiles: codec.pictures(z), offData: codes?.count ? codes.isFar(z) : null };
  }

  #answerPlace(at: Point): LocalAnswer<"place"> | null {
    const here = this.decode(at);
    return here && { tiles: here.tiles, off_data: here.offData === true };
  }

  #answerGrid(
    { bounds, columns, rows }: Fields<"grid">,
    signal: AbortSignal,
  ): Promise<LocalAnswer<"grid">> | null {
    const [codec, plane] = [this.#codec.get(), this.#plane];
    if (!codec || !plane) return null;
    const [x0, x1, y0, y1] = bounds;
    const places = new Float64Array(2 * columns * rows);
    for (let cell = 0; cell < columns * rows; cell++) {
      places[2 * cell] = x0 + ((cell % columns) + 0.5) * ((x1 - x0) / columns);
      places[2 * cell + 1] = y1 - (Math.floor(cell / columns) + 0.5) * ((y1 - y0) / rows);
    }
    const sliceAt = this.#sliceAt;
    const z = plane.toLatent(plane.coordinates(places, sliceAt));
    const shape = { bounds, columns, rows, slice_at: [...sliceAt] };
    return codec.manyPictures(z, signal).then((tiles) => {
      const own: PageGrid = { ...shape, tiles };
      return { own };
    });
  }

  /** As `ScatterPictures.traversals`. */
  #answerTraversals(
    { at }: Fields<"traversals">,
    signal: AbortSignal,
  ): Promise<LocalAnswer<"traversals">> | null {
    const model = this.#model;
    const [codec, plane] = [this.#codec.get(), this.#plane];
    if (!codec || !plane) return null;
    const base = plane.coordinates(at, this.#sliceAt);
    const { width, height } = codec.size;
    const most = Math.max(1, Math.floor(PREVIEW_BUDGET / (TRAVERSAL_STEPS * width * height)));
    const others = model.get("_axes").filter(({ index }) => !plane.dims.includes(index));
    const axes = model.get("_dims_shown") ? others.slice(0, most) : [];
    const rows = axes.map(({ index, low, high }) => ({ index, low, high }));
    const z = rows.flatMap(({ index, low, high }) =>
      steps(low, high).flatMap((value) => [...plane.toLatent(base.with(index, value))]),
    );
    const from = model.get("_pick").base;
    const attribute = readArray(model.get("attribute"));
    const movable = model.get("_save_shown") && from?.length && from.length === attribute.length;
    if (movable) {
      rows.push({ index: -1, low: -ATTRIBUTE_REACH, high: ATTRIBUTE_REACH });
      z.push(...steps(-ATTRIBUTE_REACH, ATTRIBUTE_REACH).flatMap((value) => [...moved(from, attribute, value)]));
    }
    if (!rows.length) return null;
    const line: [] | [number[], number[]] = movable ? [from, [...attribute]] : [];
    return codec.manyPictures(Float32Array.from(z), signal).then((tiles) => {
      return { base: [...base], line, rows, steps: TRAVERSAL_STEPS, tiles };
    });
  }

  /** The plane that is shown; null where the page does not know its latent vectors, or not yet. */
  get #plane(): LatentPlane | null {
    const model = this.#model;
    const map = model.get("_linear");
    if (!map?.origin || map.projection !== model.get("projection")) return null;
    const isThere = model.get("dims").every((dim, i) => dim === map.dims[i]);
    return isThere ? LatentPlane.of(map) : null;
  }

  get #sliceAt(): Float32Array {
    return readArray(this.#model.get("slice_at"));
  }
}

/** Steps at equal distances, as numpy.linspace. */
function steps(low: number, high: number): number[] {
  const last = TRAVERSAL_STEPS - 1;
  return Array.from({ length: TRAVERSAL_STEPS }, (_, i) => (i === last ? high : low + (i * (high - low)) / last));
}

function moved(from: ArrayLike<number>, direction: Float32Array, by: number): Float32Array {
  return direction.map((step, i) => from[i] + by * step);
}
