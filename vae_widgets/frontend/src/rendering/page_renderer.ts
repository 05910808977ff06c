/** What a renderer of the page is. */

import type { RawTiles } from "../kernel/atlas.ts";

/** A renderer as `renderer_to_json` (rendering/named.py) describes it. */
export interface RendererSpec {
  name: string;
  arguments: Record<string, unknown>;
}

/** One channel of amplitudes in [-1, 1], and how many there are a second. */
export interface PageSound {
  samples: Float32Array;
  rate: number;
}

/** Draws samples of one shape as tiles of one size. */
export interface PageRenderer {
  readonly width: number;
  readonly height: number;
  /** RGBA tiles of samples (n, ...sampleShape). */
  draw(samples: Float32Array): RawTiles;
  /** Tiles of |x - xHat|, from 0 to the width of the range of values. */
  difference(x: Float32Array, xHat: Float32Array): RawTiles;
  /**
   * The samples whose tiles have these pixels, to within half a grey level, if their values lie in the
   * renderer's range. Null where tiles do not tell the values.
   */
  samplesOf(rgba: RawTiles["rgba"]): Float32Array | null;
  /** The sound of each sample; absent where samples have none. */
  sounds?(samples: Float32Array): PageSound[];
}
