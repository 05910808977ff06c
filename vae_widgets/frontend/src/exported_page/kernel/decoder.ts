/** The model of a page with the renderer of a widget: decoded pictures as atlases. */

import type { RawTiles, WireAtlas } from "../../kernel/atlas.ts";
import type { InPageModel } from "../../model/in_page_model.ts";
import type { PageRenderer } from "../../rendering/page_renderer.ts";
import { packTiles } from "./pictures.ts";

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
  pictures(z: Float32Array, samples: Float32Array = new Float32Array()): Promise<WireAtlas> {
    return this.draw(joined(this.model.decode(z), samples));
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
