/** Plays the sound of a sample, which the kernel sends (widgets/base/sound.py). */

import type { AnyModel } from "@anywidget/types";
import { sentence } from "../format/sentence.ts";
import { LatestRequest, LATE } from "../kernel/latest_request.ts";
import type { Answer } from "../kernel/messages.ts";
import { button, element } from "./shell.ts";

/** Is told the share of a sound that is over, a few times a second. */
type Follow = (share: number) => void;

export class SoundPlayer {
  readonly #setStatus: (text: string) => void;
  readonly #request: LatestRequest<"sound">;
  readonly #audio = element("audio");
  readonly #buttons: HTMLButtonElement[] = [];
  #pressed: HTMLButtonElement | null = null;
  #what: number | string = "";
  #wanted: Follow | undefined;
  #follow: Follow | undefined;

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
    this.#audio.addEventListener("timeupdate", () => {
      const { currentTime, duration } = this.#audio;
      if (duration > 0) this.#follow?.(Math.min(1, currentTime / duration));
    });
    parent.append(this.#audio);
  }

  /**
   * A button that plays and stops a sound; `what` names the sample when it is pressed, and `follow`
   * is told of the time until the next sound.
   */
  button(text: string, hint: string, what: () => number | string, follow?: Follow): HTMLButtonElement {
    const made = button(`♪ ${text}`, hint, () => {
      const wanted = what();
      if (!this.#audio.paused && this.#what === wanted) return this.#audio.pause();
      this.#pressed = made;
      this.#what = wanted;
      this.#wanted = follow;
      this.#request.send({ what: wanted });
    });
    made.ariaPressed = "false";
    this.#buttons.push(made);
    return made;
  }

  /** Tell nobody of the time any more; the sound goes on. */
  leave(): void {
    this.#wanted = this.#follow = undefined;
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
    this.#follow = this.#wanted;
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
