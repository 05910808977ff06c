/** Pause, Stop, Checkpoint, learning rate and beta, as far as the run supports them. */

import { NumberField } from "../controls/number_field.ts";
import { button, element } from "../controls/shell.ts";

interface Button {
  does: string;
  text: string;
  hint: string;
  enabled: boolean;
}

export interface RunState {
  run: number;
  state: "waiting" | "training" | "paused" | "stopping" | "stopped" | "finished" | "interrupted";
  buttons: Record<string, Button>;
  /** Whether a run is active, so that its settings can be changed. */
  active: boolean;
  settings: Record<string, number>;
  blocked: boolean;
  available: string[];
  fraction: number | null;
  progress: string;
  status: string;
  warning: string;
}

type Message = { type: string; name?: string; value?: number };

const ORDER = ["pause", "stop", "checkpoint"];
const SETTINGS: [name: string, label: string, hint: string][] = [
  ["learning_rate", "Learning rate", "Step size of the optimizer; Enter sets it while it trains"],
  ["beta", "β", "Weight of the KL term; Enter sets it while it trains, and ends a schedule"],
];

export class RunButtons {
  readonly buttons = element("span", "vw-run-buttons");
  readonly settings = element("span", "vw-run-settings");
  readonly #made: Record<string, HTMLButtonElement> = {};
  readonly #fields: Record<string, NumberField> = {};
  #shown: Partial<RunState> = {};

  /** `send` receives a message for the kernel and its name. */
  constructor(send: (message: Message, label: string) => void) {
    for (const name of ORDER) {
      const made = button("", "", () => {
        const { does, text } = this.#shown.buttons![name];
        send({ type: does }, text);
      });
      made.dataset.action = name;
      made.hidden = true;
      this.#made[name] = made;
      this.buttons.append(made);
    }
    for (const [name, label, hint] of SETTINGS) {
      const field = new NumberField(label, label, hint, "", { min: 0 }, (value) =>
        send({ type: "change", name, value: value! }, label),
      );
      field.root.hidden = true;
      field.root.dataset.setting = name;
      this.#fields[name] = field;
      this.settings.append(field.root);
    }
  }

  update(shown: Partial<RunState>): void {
    this.#shown = shown;
    for (const name of ORDER) {
      const made = this.#made;
      const is = shown.buttons?.[name];
      made[name].hidden = !is;
      if (!is) continue;
      if (made[name].textContent !== is.text) made[name].textContent = is.text;
      made[name].title = is.hint;
      made[name].disabled = !is.enabled;
    }
    for (const [name] of SETTINGS) {
      const value = shown.settings?.[name];
      if (value !== undefined) {
        this.#fields[name].root.hidden = false;
        this.#fields[name].show(String(Number(value.toPrecision(4))));
      }
      this.#fields[name].input.disabled = value === undefined || !shown.active;
    }
  }
}
