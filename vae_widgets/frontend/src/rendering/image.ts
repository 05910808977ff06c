/** Images: the twin of `ImageRenderer` (rendering/image.py). */

import type { PageRenderer } from "./page_renderer.ts";
import { distances, endOf, pixelRange, type Range } from "./value_range.ts";

const CHANNELS = [1, 3, 4];

/** Null if samples of this shape are no images, which Python says by an error. */
export function imageRenderer(given: Record<string, unknown>, sampleShape: number[]): PageRenderer | null {
  const layout = layoutOf(given, sampleShape);
  if (!layout) return null;
  const { height, width, channels, channelsFirst } = layout;
  const [vmin, vmax] = [endOf(given.vmin), endOf(given.vmax)];
  const invert = given.invert === true;
  const pixels = height * width;

  const rangeOf = (...parts: Float32Array[]): Range => {
    if (vmin !== null && vmax !== null) return [vmin, vmax];
    const [low, high] = pixelRange(parts);
    if (vmin !== null) return [vmin, high > vmin ? high : vmin + 1];
    if (vmax !== null) return [low < vmax ? low : vmax - 1, vmax];
    return [low, high];
  };

  /** Where the first channel of a pixel is in samples, and how far apart channels are. */
  const placeOf = (at: number) => ({
    first: channelsFirst ? Math.floor(at / pixels) * pixels * channels + (at % pixels) : at * channels,
    step: channelsFirst ? pixels : 1,
  });

  const draw = (samples: Float32Array, [low, high]: Range) => {
    const count = samples.length / (pixels * channels);
    // It rounds and clips as Python does, and takes NaN for 0.
    const rgba = new Uint8ClampedArray(count * pixels * 4);
    const start = Math.fround(low);
    const scale = Math.fround(255 / (high - low));
    for (let at = 0; at < count * pixels; at++) {
      const { first, step } = placeOf(at);
      rgba[4 * at + 3] = 255;
      for (let c = 0; c < Math.max(3, channels); c++) {
        const value = samples[first + (channels === 1 ? 0 : c * step)];
        // As in Python, in single precision.
        rgba[4 * at + c] = Math.fround(Math.fround(value - start) * scale);
      }
      if (!invert) continue;
      for (let c = 0; c < 3; c++) rgba[4 * at + c] = 255 - rgba[4 * at + c];
    }
    return { rgba, count, width, height };
  };

  return {
    width,
    height,
    draw: (samples) => draw(samples, rangeOf(samples)),
    difference(x, xHat) {
      const [low, high] = rangeOf(x, xHat);
      const tiles = draw(distances(x, xHat), [0, high - low]);
      // The difference of two opaque pictures is not a transparent one.
      for (let i = 3; i < tiles.rgba.length; i += 4) tiles.rgba[i] = 255;
      return tiles;
    },
    samplesOf(rgba) {
      // A range that depends on the batch is not known, nor a colour that was not opaque.
      if (vmin === null || vmax === null || channels === 4) return null;
      const samples = new Float32Array((rgba.length / 4) * channels);
      for (let at = 0; at < rgba.length / 4; at++) {
        const { first, step } = placeOf(at);
        for (let c = 0; c < channels; c++) {
          const level = invert ? 255 - rgba[4 * at + c] : rgba[4 * at + c];
          samples[first + c * step] = vmin + (level / 255) * (vmax - vmin);
        }
      }
      return samples;
    },
  };
}

function layoutOf(given: Record<string, unknown>, sampleShape: number[]) {
  const sides = (Array.isArray(given.shape) ? given.shape : sampleShape) as number[];
  const size = (shape: number[]) => shape.reduce((product, side) => product * side, 1);
  if (size(sides) !== size(sampleShape)) return null;
  const channelsFirst = sides.length === 3 && given.channels_first === true;
  const [height, width, channels = 1] = channelsFirst ? [sides[1], sides[2], sides[0]] : sides;
  const isImage = (sides.length === 2 || sides.length === 3) && CHANNELS.includes(channels);
  return isImage ? { height, width, channels, channelsFirst } : null;
}
