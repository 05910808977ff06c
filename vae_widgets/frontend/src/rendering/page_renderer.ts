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

/** A place on a canvas, in CSS pixels. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Draws one of several samples, sharp at any size; false where that sample is not here. */
export type Paint = (context: CanvasRenderingContext2D, index: number, box: Box) => boolean;

/** Draws samples of one shape as tiles of one size. */
export interface PageRenderer {
  readonly width: number;
  readonly height: number;
  /** RGBA tiles of samples (n, ...sampleShape). */
  draw(samples: Float32Array): RawTiles;
  /** Tiles of |x - xHat|, from 0 to the width of the range of values. */
  difference(x: Float32Array, xHat: Float32Array): RawTiles;
  /** Draw a sample as its tile enlarged to a box, but sharp; absent where pixels are what is shown. */
  paint?(context: CanvasRenderingContext2D, sample: Float32Array, box: Box): void;
  /**
   * The samples whose tiles have these pixels, to within half a grey level, if their values lie in the
   * renderer's range. Null where tiles do not tell the values.
   */
  samplesOf(rgba: RawTiles["rgba"]): Float32Array | null;
  /** The sound of each sample; absent where samples have none. */
  sounds?(samples: Float32Array): PageSound[];
}

/** A painter of the samples that `sampleAt` returns; undefined if the renderer cannot paint. */
export function paintOf(
  renderer: PageRenderer | null,
  sampleAt: (index: number) => Float32Array | null | undefined,
): Paint | undefined {
  if (!renderer?.paint) return undefined;
  return (context, index, box) => {
    const sample = sampleAt(index);
    if (sample) renderer.paint!(context, sample, box);
    return Boolean(sample);
  };
}
