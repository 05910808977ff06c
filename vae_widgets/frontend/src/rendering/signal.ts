/** Signals: the twin of `SignalRenderer` (rendering/signal.py). */

import { LINE_COLOURS } from "./line_colours.ts";
import { addLine, lineCoverage, RADIUS } from "./line_drawing.ts";
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

  /** Where the line is at each time, in pixels of a tile from its top; the line stays whole at both ends. */
  const heightsOf = (samples: Float32Array, sample: number, channel: number, [low, high]: Range) => {
    const room = height - 3;
    return Float32Array.from({ length: times }, (_, t) => {
      const value = samples[(sample * times + t) * channels + channel];
      const at = height - 1.5 - (room * (value - low)) / (high - low);
      return Number.isNaN(at) ? height / 2 : Math.min(height, Math.max(0, at));
    });
  };

  const draw = (samples: Float32Array, range: Range) => {
    const count = samples.length / (times * channels);
    const rgba = new Uint8ClampedArray(count * width * height * 4);
    for (let sample = 0; sample < count; sample++) {
      const tile = rgba.subarray(sample * width * height * 4, (sample + 1) * width * height * 4);
      for (let c = 0; c < channels; c++) {
        const y = heightsOf(samples, sample, c, range);
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
    paint(context, sample, box) {
      const scale = box.width / width;
      const range = rangeOf(sample);
      // At each time; one alone is a line across the tile.
      const last = Math.max(1, times - 1);
      context.save();
      context.lineWidth = 2 * RADIUS * Math.sqrt(scale); // bold lines would hide what a large picture shows
      context.lineJoin = context.lineCap = "round";
      for (let c = 0; c < channels; c++) {
        const y = heightsOf(sample, 0, c, range);
        context.strokeStyle = `rgb(${LINE_COLOURS[c % LINE_COLOURS.length]})`;
        context.beginPath();
        for (let t = 0; t <= last; t++) {
          const x = RADIUS + (t / last) * (width - 2 * RADIUS);
          context.lineTo(box.x + scale * x, box.y + scale * y[Math.min(t, times - 1)]);
        }
        context.stroke();
      }
      context.restore();
    },
    samplesOf: () => null,
  };
}
