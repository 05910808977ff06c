/** Signals: the twin of `SignalRenderer` (rendering/signal.py). */

import { LINE_COLOURS } from "./line_colours.ts";
import { addLine, lineCoverage } from "./line_drawing.ts";
import type { PageRenderer } from "./page_renderer.ts";
import { distances, endOf, signalRange, type Range } from "./value_range.ts";

export function signalRenderer(given: Record<string, unknown>, sampleShape: number[]): PageRenderer {
  const [width, height] = [Number(given.width), Number(given.height)];
  const [vmin, vmax] = [endOf(given.vmin), endOf(given.vmax)];
  const [times = 1, ...others] = sampleShape;
  const channels = others.reduce((product, side) => product * side, 1);

  const rangeOf = (...parts: Float32Array[]): Range => {
    const [lowest, highest] = signalRange(parts);
    const [low, high] = [vmin ?? lowest, vmax ?? highest];
    if (high > low) return [low, high];
    // One end is given, and the data lie beyond it.
    return vmin === null ? [high - 1, high] : [low, low + 1];
  };

  const draw = (samples: Float32Array, [low, high]: Range) => {
    const count = samples.length / (times * channels);
    const rgba = new Uint8ClampedArray(count * width * height * 4);
    const room = height - 3; // the line stays whole at the top and at the bottom
    const y = new Float32Array(times);
    for (let sample = 0; sample < count; sample++) {
      const tile = rgba.subarray(sample * width * height * 4, (sample + 1) * width * height * 4);
      for (let c = 0; c < channels; c++) {
        for (let t = 0; t < times; t++) {
          const value = samples[(sample * times + t) * channels + c];
          const at = height - 1.5 - (room * (value - low)) / (high - low);
          y[t] = Number.isNaN(at) ? height / 2 : Math.min(height, Math.max(0, at));
        }
        addLine(tile, lineCoverage(y, width, height), LINE_COLOURS[c % LINE_COLOURS.length]);
      }
    }
    return { rgba, count, width, height };
  };

  return {
    width,
    height,
    draw: (samples) => draw(samples, rangeOf(samples)),
    difference(x, xHat) {
      const [low, high] = rangeOf(x, xHat);
      return draw(distances(x, xHat), [0, high - low]);
    },
    samplesOf: () => null,
  };
}
