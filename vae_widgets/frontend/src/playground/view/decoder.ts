/** The network as it was last reported, in the page: it decodes at once what the reader points at. */

import type { RawTiles } from "../../kernel/atlas.ts";
import { quickestEngine } from "../../model/matrix/wasm.ts";
import type { PageRenderer } from "../../rendering/page_renderer.ts";
import { Network } from "../network/network.ts";
import { BATCH, HIDDEN, LATENT } from "../network/trainer.ts";

export class Decoder {
  readonly #network: Network;
  readonly #renderer: PageRenderer;

  private constructor(network: Network, renderer: PageRenderer) {
    this.#network = network;
    this.#renderer = renderer;
  }

  static async make(data: number, renderer: PageRenderer): Promise<Decoder> {
    const sizes = { data, hidden: HIDDEN, latent: LATENT, batch: BATCH };
    return new Decoder(await Network.make(sizes, quickestEngine), renderer);
  }

  /** Size of a picture in its own pixels. */
  get width(): number {
    return this.#renderer.width;
  }

  get height(): number {
    return this.#renderer.height;
  }

  load(weights: Float32Array): void {
    this.#network.weights.set(weights);
  }

  /** Samples of codes (n, 2). */
  decode(z: Float32Array): Float32Array {
    return this.#network.decode(z);
  }

  /** What the network makes of samples (n, data). */
  reconstruct(x: Float32Array): Float32Array {
    const size = this.#network.sizes.data;
    const fill = (row: number, to: Float32Array, at: number) => to.set(x.subarray(row * size, (row + 1) * size), at);
    return this.decode(this.#network.encode(x.length / size, fill).zMean);
  }

  /** The pictures of samples. */
  draw(samples: Float32Array): RawTiles {
    return this.#renderer.draw(samples);
  }
}
