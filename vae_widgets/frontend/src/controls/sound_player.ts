/** Plays the sound of a sample, which the kernel sends (widgets/base/sound.py). */

import type { AnyModel } from "@anywidget/types";
import { sentence } from "../format/sentence.ts";
import { LatestRequest, LATE } from "../kernel/latest_request.ts";
import type { Answer } from "../kernel/messages.ts";
import { button, element } from "./shell.ts";

export class SoundPlayer {
  readonly #setStatus: (text: string) => void;
  readonly #request: LatestRequest<"sound">;
  readonly #audio = element("audio");
  readonly #buttons: HTMLButtonElement[] = [];
  #pressed: HTMLButtonElement | null = null;
  #what: number | string = "";

  /** The hidden player is appended to `parent`. */
  constructor(model: AnyModel<any>, parent: HTMLElement, setStatus: (text: string) => void) {
    this.#setStatus = setStatus;
    this.#request = new LatestRequest(
      model,
      "sound",
      (answer) => this.#take(answer),
      () => setStatus(LATE),
    );
    for (const event of ["play", "pause", "ended"]) {
      this.#audio.addEventListener(event, this.#showPlaying);
    }
    parent.append(this.#audio);
  }

  /** A button that plays and stops a sound; `what` names the sample when it is pressed. */
  button(text: string, hint: string, what: () => number | string): HTMLButtonElement {
    const made = button(`♪ ${text}`, hint, () => {
      const wanted = what();
      if (!this.#audio.paused && this.#what === wanted) return this.#audio.pause();
      this.#pressed = made;
      this.#what = wanted;
      this.#request.send({ what: wanted });
    });
    made.ariaPressed = "false";
    this.#buttons.push(made);
    return made;
  }

  close(): void {
    this.#request.close();
    this.#audio.pause();
    this.#release();
    this.#audio.remove();
  }

  #take({ wav, error }: Answer<"sound">): void {
    if (this.#request.busy) return;
    if (error) return this.#setStatus(`No sound: ${sentence(error)}`);
    this.#release();
    this.#audio.src = URL.createObjectURL(new Blob([wav!], { type: "audio/wav" }));
    this.#audio.play().then(
      () => this.#setStatus(`Playing ${this.#audio.duration.toFixed(2)} s of sound.`),
      (error) => this.#setStatus(`The browser does not play: ${error.message}`),
    );
  }

  readonly #showPlaying = () => {
    for (const made of this.#buttons) {
      const playing = made === this.#pressed && !this.#audio.paused && !this.#audio.ended;
      made.ariaPressed = String(playing);
    }
  };

  #release(): void {
    if (!this.#audio.src) return;
    URL.revokeObjectURL(this.#audio.src);
    this.#audio.removeAttribute("src");
  }
}
