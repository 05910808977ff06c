/** The sound of a sample: asked of the kernel (widgets/base/sound.py), played here. */

import type { AnyModel } from "@anywidget/types";
import { LatestRequest, LATE, type Sender } from "../kernel/latest_request.ts";
import { button, element } from "./shell.ts";
import { send } from "../kernel/sync.ts";

interface Question {
  /** What the kernel knows the sample by. */
  what: number | string;
}


export class SoundPlayer {
  readonly #model: AnyModel<any>;
  readonly #setStatus: (text: string) => void;
  readonly #request: LatestRequest<Question>;
  readonly #audio = element("audio", "");
  readonly #buttons: HTMLButtonElement[] = [];
  #pressed: HTMLButtonElement | null = null;
  #what: number | string = "";

  /** The player is kept in `parent`, unseen. */
  constructor(model: AnyModel<any>, parent: HTMLElement, setStatus: (text: string) => void) {
    this.#model = model;
    this.#setStatus = setStatus;
    this.#request = new LatestRequest(
      (question) => send(model, { type: "hear", ...question }),
      () => setStatus(LATE),
    );
    for (const event of ["play", "pause", "ended"]) {
      this.#audio.addEventListener(event, this.#showPlaying);
    }
    parent.append(this.#audio);
    model.on("msg:custom", this.#take);
  }

  /** A button that plays, and stops what it plays; `what` is asked for when it is pressed. */
  button(text: string, hint: string, what: () => number | string): HTMLButtonElement {
    const made = button(`♪ ${text}`, hint, () => {
      const wanted = what();
      if (!this.#audio.paused && this.#what === wanted) return this.#audio.pause();
      this.#pressed = made;
      this.#what = wanted;
      this.#request.ask({ what: wanted });
    });
    made.setAttribute("aria-pressed", "false");
    this.#buttons.push(made);
    return made;
  }

  close(): void {
    this.#model.off("msg:custom", this.#take);
    this.#request.stop();
    this.#audio.pause();
    this.#release();
    this.#audio.remove();
  }

  readonly #take = (
    answer: Partial<Sender> & { type?: string; error?: string },
    buffers: DataView[],
  ): void => {
    if (answer.type !== "sound" || answer.page !== this.#request.page) return;
    if (!this.#request.answered(answer)) return;
    if (answer.error) return this.#setStatus(`No sound: ${answer.error}.`);
    this.#release();
    const wav = new Blob([buffers[0] as DataView<ArrayBuffer>], { type: "audio/wav" });
    this.#audio.src = URL.createObjectURL(wav);
    this.#audio.play().then(
      () => this.#setStatus(`Playing ${this.#audio.duration.toFixed(2)} s of sound.`),
      (error) => this.#setStatus(`The browser does not play: ${error.message}`),
    );
  };

  readonly #showPlaying = () => {
    for (const made of this.#buttons) {
      const playing = made === this.#pressed && !this.#audio.paused && !this.#audio.ended;
      made.setAttribute("aria-pressed", String(playing));
    }
  };

  #release(): void {
    if (!this.#audio.src) return;
    URL.revokeObjectURL(this.#audio.src);
    this.#audio.removeAttribute("src");
  }
}
