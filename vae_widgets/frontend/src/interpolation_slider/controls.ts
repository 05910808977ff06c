/** The row under the interpolation slider: play, repeat, speed, path. */

import type { Repeat } from "./playback.ts";
import { button, element, type Shell } from "../controls/shell.ts";

export interface FilmActions {
  play(): void;
  method(name: string): void;
  compare(): void;
  swap(): void;
}

export const METHOD_NAMES: Record<string, string> = {
  slerp: "slerp (arc)",
  linear: "linear (line)",
  neighbours: "neighbours",
};
const REPEATS: Record<Repeat, string> = {
  bounce: "ping-pong",
  restart: "loop",
  once: "none",
};
const SPEEDS = { "0.5": "½×", "1": "1×", "2": "2×", "4": "4×" };

export class FilmControls {
  readonly #play: HTMLButtonElement;
  readonly #compare: HTMLButtonElement;
  readonly #methods = select({});
  readonly #repeats = select(REPEATS);
  readonly #speeds = select(SPEEDS);

  constructor(shell: Shell, actions: FilmActions) {
    this.#play = button("▶ Play", "Play or pause (Space on the filmstrip)", actions.play);
    this.#play.classList.add("vw-play");
    this.#speeds.value = "1";
    this.#methods.addEventListener("change", () => actions.method(this.#methods.value));
    this.#compare = button("Compare", "Show the frames of every path together", actions.compare);
    shell.controls.append(
      this.#play,
      field("Repeat", this.#repeats),
      field("Speed", this.#speeds),
      field("Path", this.#methods),
      this.#compare,
      button("⇄ Swap ends", "Walk the path the other way round", actions.swap),
    );
  }

  addAfterPlay(control: HTMLElement): void {
    this.#play.after(control);
  }

  get repeat(): Repeat {
    return this.#repeats.value as Repeat;
  }

  get speed(): number {
    return Number(this.#speeds.value);
  }

  showPlaying(playing: boolean): void {
    this.#play.textContent = playing ? "❚❚ Pause" : "▶ Play";
  }

  showMethods(methods: string[], chosen: string, compared: boolean): void {
    if (this.#methods.length !== methods.length) {
      this.#methods.replaceChildren(...methods.map((name) => new Option(METHOD_NAMES[name], name)));
    }
    this.#methods.value = chosen;
    this.#compare.setAttribute("aria-pressed", String(compared));
  }
}

function select(options: Record<string, string>): HTMLSelectElement {
  const made = element("select", "vw-input");
  for (const [value, name] of Object.entries(options)) made.add(new Option(name, value));
  return made;
}

function field(label: string, input: HTMLElement): HTMLElement {
  const made = element("label", "vw-field");
  made.append(label, input);
  return made;
}
