/** The sound of samples (widgets/base/sound.py), in a page without Python. */

import type { PageRenderer, PageSound } from "../rendering/page_renderer.ts";
import type { PageModel } from "./page_model.ts";

/**
 * Show the buttons that play a sound where the renderer of the page makes one, and answer them. `find`
 * returns the samples that the page means, each to be heard after the other.
 */
export function answerSounds(
  model: PageModel,
  renderer: PageRenderer | null,
  find: (what: number | string) => Float32Array | Promise<Float32Array>,
): void {
  if (!renderer?.sounds) return;
  model.commit({ _has_sound: true });
  model.handle("sound", async ({ what }) => ({ wav: wavOf(renderer.sounds!(await find(what))) }));
}

/** Sounds of one rate, one after another, as a WAV file: 16 bits, linear PCM. */
export function wavOf(sounds: PageSound[]): DataView {
  const levels = sounds.flatMap(({ samples }) =>
    Array.from(samples, (x) => Math.round(Math.max(-1, Math.min(1, x)) * 32767)),
  );
  const [{ rate }] = sounds;
  const bytes = 2 * levels.length;
  const file = new DataView(new ArrayBuffer(44 + bytes));
  const text = (at: number, word: string) =>
    [...word].forEach((letter, i) => file.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  file.setUint32(4, 36 + bytes, true);
  text(8, "WAVEfmt ");
  file.setUint32(16, 16, true); // bytes of the format
  file.setUint16(20, 1, true); // PCM
  file.setUint16(22, 1, true); // channels
  file.setUint32(24, rate, true);
  file.setUint32(28, 2 * rate, true); // bytes a second
  file.setUint16(32, 2, true); // bytes of all channels
  file.setUint16(34, 16, true); // bits
  text(36, "data");
  file.setUint32(40, bytes, true);
  levels.forEach((level, i) => file.setInt16(44 + 2 * i, level, true));
  return file;
}
