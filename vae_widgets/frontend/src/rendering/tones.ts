/** Soft tones for voices of pitches: the twin of vae_widgets/rendering/tones.py. */

import type { PageSound } from "./page_renderer.ts";

const RATE = 16_000; // amplitudes a second
const PARTIALS = [1, 0.4, 0.2, 0.08]; // amplitudes of the multiples of the frequency
const [ATTACK, RELEASE] = [0.02, 0.06]; // seconds
const DECAY = 1.5; // seconds in which a tone falls to 37 %
const REST = 0;

/** The sound of MIDI pitches (steps, voices), 0 for a rest; each step takes `seconds`. */
export function playVoices(pitches: ArrayLike<number>, voices: number, seconds: number): PageSound {
  const steps = pitches.length / voices;
  const edge = (step: number) => Math.round(step * seconds * RATE);
  const samples = new Float32Array(edge(steps));
  const scale = PARTIALS.reduce((a, b) => a + b) * Math.max(1, voices);
  for (let voice = 0; voice < voices; voice++) {
    const at = (step: number) => pitches[step * voices + voice];
    for (let start = 0, stop: number; start < steps; start = stop) {
      for (stop = start + 1; stop < steps && at(stop) === at(start);) stop++;
      if (at(start) !== REST) addTone(samples.subarray(edge(start), edge(stop)), at(start), scale);
    }
  }
  return { samples, rate: RATE };
}

/** Add a tone that swells, fades and ends softly. */
function addTone(samples: Float32Array, pitch: number, scale: number): void {
  const frequency = 440 * 2 ** ((pitch - 69) / 12);
  for (let i = 0; i < samples.length; i++) {
    const time = i / RATE;
    let wave = 0;
    PARTIALS.forEach((amplitude, k) => {
      const partial = (k + 1) * frequency;
      // What is above would sound as another pitch.
      if (partial < RATE / 2) wave += amplitude * Math.sin(2 * Math.PI * partial * time);
    });
    const left = (samples.length - i) / RATE;
    const envelope = Math.min(1, time / ATTACK) * Math.min(1, left / RELEASE);
    samples[i] += (wave * envelope * Math.exp(-time / DECAY)) / scale;
  }
}
