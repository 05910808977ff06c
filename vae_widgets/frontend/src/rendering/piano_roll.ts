/** Piano rolls: the twin of `PianoRollRenderer` (rendering/piano_roll.py). */

import { LINE_COLOURS } from "./line_colours.ts";
import type { PageRenderer } from "./page_renderer.ts";
import { playVoices } from "./tones.ts";

type Colour = [number, number, number];

const REST = 0;
const [C_LINE, QUARTER_LINE] = [96, 40]; // alpha
const GRID: Colour = [128, 128, 128];
// Of a difference: notes of both, of the sample alone, of the reconstruction alone.
const SAME: Colour = [150, 150, 150];
const MISSED: Colour = [63, 144, 218];
const ADDED: Colour = [231, 99, 0];

export function pianoRollRenderer(given: Record<string, unknown>, sampleShape: number[]): PageRenderer {
  const [lowest, highest] = [Number(given.lowest), Number(given.highest)];
  const [stepWidth, pitchHeight] = [Number(given.step_width), Number(given.pitch_height)];
  const perQuarter = Number(given.steps_per_quarter);
  const [steps = 1, ...others] = sampleShape;
  const voices = others.reduce((product, side) => product * side, 1);
  const [width, height] = [steps * stepWidth, (highest - lowest + 1) * pitchHeight];
  const size = width * height * 4;

  /** The pitch of a token; a rest where it is none. */
  const pitchOf = (token: number) =>
    token >= 1 && token <= highest - lowest + 1 ? Math.trunc(token) + lowest - 1 : REST;

  const pitchesOf = (samples: Float32Array) => Int16Array.from(samples, pitchOf);

  const drawLines = (tile: Uint8ClampedArray) => {
    for (let pixel = 0; pixel < width * height; pixel++) {
      tile.set(GRID, 4 * pixel);
      const isQuarter = (pixel % width) % (stepWidth * perQuarter) === 0;
      tile[4 * pixel + 3] = isQuarter ? QUARTER_LINE : 0;
    }
    for (let pitch = Math.ceil(lowest / 12) * 12; pitch <= highest; pitch += 12) {
      const row = height - 1 - (pitch - lowest) * pitchHeight;
      for (let x = 0; x < width; x++) tile[4 * (row * width + x) + 3] = C_LINE;
    }
  };

  /** Draw the notes of a voice, with a gap of a pixel after each. */
  const drawVoice = (
    tile: Uint8ClampedArray,
    pitchAt: (step: number) => number,
    colour: Colour,
    isLowerHalf: (step: number) => boolean,
  ) => {
    for (let step = 0; step < steps; step++) {
      const pitch = pitchAt(step);
      if (pitch === REST) continue;
      const goesOn = step + 1 < steps && pitchAt(step + 1) === pitch;
      const top = (highest - pitch) * pitchHeight;
      const from = isLowerHalf(step) ? Math.floor(pitchHeight / 2) : 0;
      for (let y = top + from; y < top + pitchHeight; y++) {
        for (let x = step * stepWidth; x < (step + 1) * stepWidth - (goesOn ? 0 : 1); x++) {
          tile.set(colour, 4 * (y * width + x));
          tile[4 * (y * width + x) + 3] = 255;
        }
      }
    }
  };

  const drawAll = (count: number, drawOne: (tile: Uint8ClampedArray, start: number) => void) => {
    const rgba = new Uint8ClampedArray(count * size);
    for (let sample = 0; sample < count; sample++) {
      const tile = rgba.subarray(sample * size, (sample + 1) * size);
      drawLines(tile);
      drawOne(tile, sample * steps * voices);
    }
    return { rgba, count, width, height };
  };

  return {
    width,
    height,
    draw(samples) {
      const pitches = pitchesOf(samples);
      return drawAll(samples.length / (steps * voices), (tile, start) => {
        for (let voice = 0; voice < voices; voice++) {
          const at = (step: number, of = voice) => pitches[start + step * voices + of];
          const isShared = (step: number) => {
            for (let other = 0; other < voice; other++) if (at(step, other) === at(step)) return true;
            return false;
          };
          drawVoice(tile, at, LINE_COLOURS[voice % LINE_COLOURS.length], isShared);
        }
      });
    },
    difference(x, xHat) {
      const [ours, theirs] = [pitchesOf(x), pitchesOf(xHat)];
      const layers: [Colour, (i: number) => number][] = [
        [SAME, (i) => (ours[i] === theirs[i] ? ours[i] : REST)],
        [MISSED, (i) => (ours[i] === theirs[i] ? REST : ours[i])],
        [ADDED, (i) => (ours[i] === theirs[i] ? REST : theirs[i])],
      ];
      return drawAll(x.length / (steps * voices), (tile, start) => {
        for (const [colour, pitch] of layers) {
          for (let voice = 0; voice < voices; voice++) {
            drawVoice(tile, (step) => pitch(start + step * voices + voice), colour, () => false);
          }
        }
      });
    },
    samplesOf: () => null,
    sounds(samples) {
      const pitches = pitchesOf(samples);
      const seconds = 60 / Number(given.tempo) / perQuarter;
      return Array.from({ length: pitches.length / (steps * voices) }, (_, i) =>
        playVoices(pitches.subarray(i * steps * voices, (i + 1) * steps * voices), voices, seconds),
      );
    },
  };
}
