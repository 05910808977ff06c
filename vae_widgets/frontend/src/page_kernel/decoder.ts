/** The model of a page with the renderer of a widget: decoded pictures as atlases. */

import { nextTask } from "../codec/page_codec.ts";
import type { RawTiles, WireAtlas } from "../kernel/atlas.ts";
import type { InPageModel } from "../model/in_page_model.ts";
import type { PageRenderer } from "../rendering/page_renderer.ts";
import { packTiles } from "./pictures.ts";

/** The page works this long, in ms, before it draws the next frame. */
const SLICE = 12;

export class Decoder {
  readonly model: InPageModel;
  readonly renderer: PageRenderer;

  constructor(model: InPageModel, renderer: PageRenderer) {
    this.model = model;
    this.renderer = renderer;
  }

  /** Numbers in one sample. */
  get size(): number {
    return this.model.sampleShape.reduce((product, side) => product * side, 1);
  }

  /** The pictures of latent vectors (n, latentDim), then those of samples, in one atlas. */
  async pictures(z: Float32Array, samples: Float32Array = new Float32Array()): Promise<WireAtlas> {
    return this.draw(joined(await this.samples(z), samples));
  }

  /** The samples of latent vectors (n, latentDim), a few at a time, so that the page keeps drawing. */
  async samples(z: Float32Array): Promise<Float32Array> {
    const { latentDim } = this.model;
    const count = z.length / latentDim;
    const made = new Float32Array(count * this.size);
    let rows = 1;
    for (let row = 0; row < count;) {
      if (row) await nextTask();
      const began = performance.now();
      made.set(this.model.decode(z.subarray(row * latentDim, (row + rows) * latentDim)), row * this.size);
      row += rows;
      rows = Math.max(1, Math.floor((SLICE * rows) / Math.max(performance.now() - began, 0.01)));
    }
    return made;
  }

  /** The picture of a latent vector, and then a tile that is there already. */
  picturesBeside(z: Float32Array, tile: RawTiles | null): Promise<WireAtlas> {
    return packTiles([this.renderer.draw(this.model.decode(z)), ...(tile ? [tile] : [])]);
  }

  /** The pictures of samples. */
  draw(samples: Float32Array): Promise<WireAtlas> {
    return packTiles([this.renderer.draw(samples)]);
  }

  /** Samples, their reconstructions, and then the residuals (rendering/renderer.py, render_compared). */
  compared(x: Float32Array, xHat: Float32Array): Promise<WireAtlas> {
    const tiles: RawTiles[] = [this.renderer.draw(joined(x, xHat)), this.renderer.difference(x, xHat)];
    return packTiles(tiles);
  }
}

export function joined(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
