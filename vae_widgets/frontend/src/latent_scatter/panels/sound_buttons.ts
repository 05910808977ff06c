/** Buttons that play what was decoded and the sample beside it, where samples have sound. */

import { onKey } from "../../controls/keys.ts";
import { element, type Shell } from "../../controls/shell.ts";
import { SoundPlayer } from "../../controls/sound_player.ts";
import type { Model } from "../state/model.ts";

export class SoundButtons {
  readonly root = element("div", "vw-sound-buttons");
  readonly #player: SoundPlayer;
  readonly #stopKeys: () => void;

  /** The key H on `canvas` plays the hovered sample, or else the `nearest` to what was decoded. */
  constructor(model: Model, shell: Shell, canvas: HTMLElement, nearest: () => number) {
    this.#player = new SoundPlayer(model, shell.root, shell.setStatus);
    this.root.hidden = !model.get("_has_sound");
    const decoded = this.#player.button("decoded", "Hear what was decoded", () => "decoded");
    const sample = this.#player.button(
      "sample",
      "Hear the sample beside it, or the one under the crosshair or pointer (H)",
      () => (model.get("hovered") >= 0 ? model.get("hovered") : nearest()),
    );
    this.root.append(decoded, sample);
    this.#stopKeys = onKey(canvas, (key) => {
      if (key !== "h" || this.root.hidden) return false;
      sample.click();
      return true;
    });
  }

  close(): void {
    this.#stopKeys();
    this.#player.close();
  }
}
