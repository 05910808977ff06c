/** Pause, Stop, Checkpoint, Restore best, learning rate and beta, as far as the run supports them. */

import { NumberField } from "../controls/number_field.ts";
import type { Fields } from "../kernel/messages.ts";
import { button, element } from "../controls/shell.ts";

interface Button {
  does: "pause" | "resume" | "stop" | "checkpoint" | "restore_best";
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

type RunKind = Button["does"] | "change";
/** Sends a message to the kernel; `label` is the name of the control. */
type SendRun = <K extends RunKind>(kind: K, fields: Omit<Fields<K>, "run">, label: string) => void;

const ORDER = ["pause", "stop", "checkpoint", "restore_best"];
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

  constructor(send: SendRun) {
    for (const name of ORDER) {
      const made = button("", "", () => {
        const { does, text } = this.#shown.buttons![name];
        send(does, {}, text);
      });
      made.dataset.action = name;
      made.hidden = true;
      this.#made[name] = made;
      this.buttons.append(made);
    }
    for (const [name, label, hint] of SETTINGS) {
      const field = new NumberField(label, label, hint, "", { min: 0 }, (value) =>
        send("change", { name, value: value! }, label),
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
