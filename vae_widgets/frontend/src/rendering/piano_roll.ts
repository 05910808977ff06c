/** Piano rolls: the twin of `PianoRollRenderer` (rendering/piano_roll.py). */

import { LINE_COLOURS } from "./line_colours.ts";
import type { Box, PageRenderer } from "./page_renderer.ts";
import { playVoices } from "./tones.ts";

type Colour = [number, number, number];

const REST = 0;
const [C_LINE, QUARTER_LINE] = [96, 40]; // alpha
const GRID: Colour = [128, 128, 128];
// Of a difference: notes of both, of the sample alone, of the reconstruction alone.
const SAME: Colour = [150, 150, 150];
const MISSED: Colour = [63, 144, 218];
const ADDED: Colour = [231, 99, 0];

/** Null for arguments that Python refuses: with those of a spoiled file, lines and tones might have no end. */
export function pianoRollRenderer(given: Record<string, unknown>, sampleShape: number[]): PageRenderer | null {
  if (!areTaken(given)) return null;
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

  /** The notes of a voice in pixels of a tile, with a gap of a pixel after each. */
  const notesOf = (pitchAt: (step: number) => number, isLowerHalf: (step: number) => boolean): Box[] => {
    const notes: Box[] = [];
    for (let step = 0; step < steps; step++) {
      const pitch = pitchAt(step);
      if (pitch === REST) continue;
      const goesOn = step + 1 < steps && pitchAt(step + 1) === pitch;
      const top = (highest - pitch) * pitchHeight;
      const from = isLowerHalf(step) ? Math.floor(pitchHeight / 2) : 0;
      const note = { x: step * stepWidth, y: top + from, width: stepWidth - (goesOn ? 0 : 1), height: pitchHeight - from };
      const before = notes.at(-1);
      const isOne = before && before.y === note.y && before.x + before.width === note.x && pitchAt(step - 1) === pitch;
      if (isOne) before.width += note.width; // without a seam, where it is enlarged
      else notes.push(note);
    }
    return notes;
  };

  const drawNotes = (tile: Uint8ClampedArray, notes: Box[], colour: Colour) => {
    for (const note of notes) {
      for (let y = note.y; y < note.y + note.height; y++) {
        for (let x = note.x; x < note.x + note.width; x++) {
          tile.set(colour, 4 * (y * width + x));
          tile[4 * (y * width + x) + 3] = 255;
        }
      }
    }
  };

  /** The notes of each voice; of a pitch that two voices share, the later one has the lower half. */
  const voicesOf = (pitches: Int16Array, start: number): { notes: Box[]; colour: Colour }[] =>
    Array.from({ length: voices }, (_, voice) => {
      const at = (step: number, of = voice) => pitches[start + step * voices + of];
      const isShared = (step: number) => {
        for (let other = 0; other < voice; other++) if (at(step, other) === at(step)) return true;
        return false;
      };
      return { notes: notesOf(at, isShared), colour: LINE_COLOURS[voice % LINE_COLOURS.length] };
    });

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
        for (const { notes, colour } of voicesOf(pitches, start)) drawNotes(tile, notes, colour);
      });
    },
    paint(context, sample, box) {
      const scale = box.width / width;
      const fill = ([red, green, blue]: Colour, alpha: number, { x, y, width, height }: Box) => {
        context.fillStyle = `rgb(${red} ${green} ${blue} / ${alpha / 255})`;
        context.fillRect(box.x + scale * x, box.y + scale * y, scale * width, scale * height);
      };
      for (let x = 0; x < width; x += stepWidth * perQuarter) {
        fill(GRID, QUARTER_LINE, { x, y: 0, width: 1, height });
      }
      for (let pitch = Math.ceil(lowest / 12) * 12; pitch <= highest; pitch += 12) {
        fill(GRID, C_LINE, { x: 0, y: height - 1 - (pitch - lowest) * pitchHeight, width, height: 1 });
      }
      for (const { notes, colour } of voicesOf(pitchesOf(sample), 0)) {
        for (const note of notes) fill(colour, 255, note);
      }
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
            drawNotes(tile, notesOf((step) => pitch(start + step * voices + voice), () => false), colour);
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

function areTaken({ lowest, highest, steps_per_quarter, tempo, step_width, pitch_height }: Record<string, unknown>): boolean {
  const isWhole = (value: unknown, least: number, most = Infinity): value is number =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
  return (
    isWhole(lowest, 0) &&
    isWhole(highest, lowest + 1, 127) &&
    isWhole(steps_per_quarter, 1, 48) &&
    isWhole(step_width, 2) &&
    isWhole(pitch_height, 2) &&
    typeof tempo === "number" &&
    tempo >= 10 &&
    tempo <= 1000
  );
}
