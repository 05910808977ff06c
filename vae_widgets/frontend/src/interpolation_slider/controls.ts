/** The controls under the interpolation slider: play, repeat, speed, path. */

import type { PlaybackSettings, Repeat } from "./playback.ts";
import { button, element, type Shell } from "../controls/shell.ts";

export interface SliderActions {
  togglePlaying(): void;
  setMethod(name: string): void;
  toggleCompare(): void;
  swapEnds(): void;
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

export class SliderControls implements PlaybackSettings {
  readonly #play: HTMLButtonElement;
  readonly #compare: HTMLButtonElement;
  readonly #methods = select({});
  readonly #repeats = select(REPEATS);
  readonly #speeds = select(SPEEDS);

  constructor(shell: Shell, actions: SliderActions) {
    this.#play = button("▶ Play", "Play or pause (Space)", () => actions.togglePlaying());
    this.#play.classList.add("vw-play");
    this.#speeds.value = "1";
    this.#methods.addEventListener("change", () => actions.setMethod(this.#methods.value));
    this.#compare = button("Compare", "Show the frames of all methods", () => actions.toggleCompare());
    // Where there is no room for all, what belongs to the path goes into the next row together.
    const path = element("div", "vw-film-path");
    path.append(
      field("Path", this.#methods),
      this.#compare,
      button("⇄ Swap ends", "Reverse the path", () => actions.swapEnds()),
    );
    shell.controls.append(this.#play, field("Repeat", this.#repeats), field("Speed", this.#speeds), path);
  }

  addAfterPlay(...controls: HTMLElement[]): void {
    this.#play.after(...controls);
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
    this.#compare.ariaPressed = String(compared);
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
