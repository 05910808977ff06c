/** What the reader sets: data, beta, learning rate, and whether the network trains. */

import { button, element } from "../../controls/shell.ts";
import { plain } from "../../format/numbers.ts";

export interface ControlActions {
  toggle(): void;
  step(): void;
  restart(): void;
  chooseData(index: number): void;
  openFiles(files: File[]): void;
  setBeta(beta: number): void;
  setLearningRate(rate: number): void;
  compare(on: boolean): void;
  /** Class number, or -1 for none. */
  leaveOut(label: number): void;
}

const BETAS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32];
const RATES = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 1, 10];
export const DEFAULTS = { beta: 1, learningRate: 1e-3 };

export class Controls {
  readonly root = element("section", "vw-play-controls");
  readonly #data = element("select", "vw-input");
  readonly #note = element("p", "vw-play-hint");
  readonly #train: HTMLButtonElement;
  readonly #step: HTMLButtonElement;
  readonly #progress = element("progress", "vw-play-progress");
  readonly #epoch = element("div", "vw-play-epoch");
  readonly #beta: Slider;
  readonly #leftOut = element("select", "vw-input");
  readonly #leaveOut: HTMLElement;

  constructor(actions: ControlActions) {
    this.#data.ariaLabel = "Data";
    this.#data.addEventListener("change", () => actions.chooseData(Number(this.#data.value)));
    const data = element("div", "vw-play-row");
    data.append(this.#data, fileButton(actions.openFiles));
    this.#train = button("▶ Train", "Train, or pause (Space)", actions.toggle);
    this.#train.classList.add("vw-play-train");
    this.#step = button("One batch", "Train on the next batch alone (N)", actions.step);
    const restart = button("Start again", "Forget what was learnt: the same random weights as at the start", actions.restart);
    const buttons = element("div", "vw-play-row");
    buttons.append(this.#train, this.#step, restart);
    this.#progress.max = 1;
    this.#progress.ariaLabel = "Part of the epoch";
    this.#beta = new Slider("\u03b2, the weight of the KL term", BETAS, DEFAULTS.beta, actions.setBeta, [
      "Higher: codes gather around 0 as the rings ask, pictures get blurred.",
      "Lower: sharper pictures, gaps in the plane.",
    ]);
    const rate = new Slider("Learning rate", RATES, DEFAULTS.learningRate, actions.setLearningRate, [
      "How far each batch moves the weights. Too high, and training breaks.",
    ]);
    const kl = check("KL term", "Off: nothing keeps the codes near 0 and close together.", (on) => {
      this.#beta.enable(on);
      actions.setBeta(on ? this.#beta.value : 0);
    });
    kl.input.checked = true;
    const compare = check(
      "Compare with an autoencoder",
      "The same network from the same weights, without KL term and without random draws. Training starts again.",
      actions.compare,
    );
    this.#leftOut.addEventListener("change", () => actions.leaveOut(Number(this.#leftOut.value)));
    const unseen = "Training never sees it: does Cut find it? Training starts again.";
    this.#leftOut.ariaLabel = "Leave out class";
    this.#leftOut.ariaDescription = unseen;
    this.#leaveOut = element("label", "vw-play-label", "Leave out class");
    this.#leaveOut.append(this.#leftOut, hint(unseen));
    this.root.append(data, this.#note, buttons, this.#progress, this.#epoch);
    this.root.append(kl.root, this.#beta.root, rate.root, compare.root, this.#leaveOut);
  }

  listData(names: string[], chosen: number): void {
    this.#data.replaceChildren(...names.map((name, i) => new Option(name, String(i))));
    this.#data.value = String(chosen);
  }

  describeData(note: string, classes: string[]): void {
    this.#note.textContent = note;
    this.#leaveOut.hidden = classes.length < 2;
    this.#leftOut.replaceChildren(new Option("none", "-1"), ...classes.map((name, i) => new Option(name, String(i))));
  }

  showRunning(running: boolean, canTrain: boolean): void {
    this.#train.textContent = running ? "❚❚ Pause" : "▶ Train";
    this.#train.disabled = !canTrain;
    this.#step.disabled = running || !canTrain;
  }

  showProgress(step: number, batchesPerEpoch: number, secondsPerEpoch: number): void {
    const [epoch, batch] = [Math.floor(step / batchesPerEpoch), step % batchesPerEpoch];
    this.#progress.value = batch / batchesPerEpoch;
    const speed = Number.isFinite(secondsPerEpoch) ? ` \u00b7 ${plain(secondsPerEpoch, 2)} s an epoch` : "";
    this.#epoch.textContent = `Epoch ${epoch} \u00b7 batch ${batch} of ${batchesPerEpoch}${speed}`;
  }
}

/** A slider over a list of numbers, with what it does below. */
class Slider {
  readonly root = element("label", "vw-play-label");
  readonly #input = element("input", "vw-play-range");
  readonly #values: number[];

  constructor(name: string, values: number[], value: number, changed: (value: number) => void, hints: string[]) {
    this.#values = values;
    const shown = element("output", "vw-play-value");
    const input = this.#input;
    input.type = "range";
    input.min = "0";
    input.max = String(values.length - 1);
    input.value = String(values.indexOf(value));
    const show = () => (shown.textContent = input.ariaValueText = plain(this.value));
    input.addEventListener("input", () => {
      show();
      changed(this.value);
    });
    input.ariaLabel = name;
    input.ariaDescription = hints.join(" ");
    const title = element("span", "vw-play-row", name);
    title.append(shown);
    this.root.append(title, input, ...hints.map(hint));
    show();
  }

  get value(): number {
    return this.#values[Number(this.#input.value)];
  }

  enable(on: boolean): void {
    this.#input.disabled = !on;
  }
}

function check(name: string, about: string, changed: (on: boolean) => void) {
  const root = element("label", "vw-play-check");
  const input = element("input");
  input.type = "checkbox";
  input.ariaLabel = name;
  input.ariaDescription = about;
  input.addEventListener("change", () => changed(input.checked));
  const text = element("span", "", name);
  text.append(hint(about));
  root.append(input, text);
  return { root, input };
}

function hint(text: string): HTMLElement {
  return element("span", "vw-play-hint", text);
}

function fileButton(take: (files: File[]) => void): HTMLElement {
  const input = element("input");
  input.type = "file";
  input.multiple = true;
  input.hidden = true;
  input.accept = ".csv,.tsv,.txt,.npy,image/*";
  input.addEventListener("change", () => {
    if (input.files?.length) take([...input.files]);
    input.value = "";
  });
  const root = element("span");
  const about = "A CSV file, a NPY file, or at least 20 images. You may also drop them anywhere on the page";
  root.append(button("Open", about, () => input.click()), input);
  return root;
}
