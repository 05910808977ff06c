/** The playground: a network that trains while one watches its latent plane, and then picks, slides and cuts. */

import { counted, whole } from "../format/numbers.ts";
import { onKey } from "../controls/keys.ts";
import { element } from "../controls/shell.ts";
import type { CarriedPage } from "./data/carried.ts";
import { rendererOf, spread, type DataSet } from "./data/data_set.ts";
import { readFiles } from "./data/own_files.ts";
import type { Kind, Settings } from "./network/trainer.ts";
import { Panels, type Run } from "./panels.ts";
import { Controls, DEFAULTS } from "./view/controls.ts";
import { LossCurves } from "./view/curves.ts";
import { Decoder } from "./view/decoder.ts";
import { PlaneView } from "./view/plane.ts";
import type { Report } from "./worker/messages.ts";
import { Training } from "./worker/training.ts";

const NAMES: Record<Kind, string> = { vae: "VAE", autoencoder: "Autoencoder" };
/** Always the same, so that all readers see the same: that of 0 to 15 whose loss after 10 epochs is in the middle. */
const SEED = 15;
/** As many samples are drawn as points. */
const SHOWN = 2000;

const HELP =
  "Each point is a sample at its code: the two numbers that the encoder gives it. The decoder turns every place of " +
  "the plane into a sample.";
const HELP_ON_CLASSES = " Colours are classes, which the network never sees.";

export class Playground {
  readonly root = element("div", "vw-widget vw-play");
  readonly #page: CarriedPage;
  readonly #controls: Controls;
  readonly #middle = element("div", "vw-play-planes");
  readonly #side = element("div", "vw-play-side");
  readonly #status = element("div", "vw-status vw-play-status");
  readonly #panels = new Panels();
  readonly #grid = element("input");
  readonly #help = element("p", "vw-play-hint");
  #own: DataSet | null = null;
  #data: DataSet | null = null;
  #chosen = 0;
  #settings: Settings = { ...DEFAULTS };
  #compares = false;
  #leftOut = -1;
  #run: Run | null = null;
  /** The start that was asked for last: those before it stop. */
  #starts = 0;
  /** The data set that was asked for last, from the page or from files: only that one is shown. */
  #choices = 0;

  constructor(page: CarriedPage) {
    this.#page = page;
    this.#controls = new Controls({
      toggle: () => this.toggle(),
      step: () => this.#step(),
      restart: () => void this.#start("Start again: the network has its first random weights."),
      chooseData: (index) => void this.#choose(index),
      openFiles: (files) => void this.open(files),
      setBeta: (beta) => this.#set({ ...this.#settings, beta }),
      setLearningRate: (learningRate) => this.#set({ ...this.#settings, learningRate }),
      compare: (on) => {
        this.#compares = on;
        void this.#start(on ? "Both networks start from the same weights." : "The VAE starts again, alone.");
      },
      leaveOut: (label) => {
        this.#leftOut = label;
        void this.#start(label < 0 ? "Training sees all classes." : `Training will not see the class ${this.#data!.labelNames[label]}.`);
      },
    });
    this.#status.role = "status";
    this.#status.ariaLive = "polite";
    this.#side.append(this.#panels.root);
    const centre = element("div", "vw-play-centre");
    centre.append(this.#head(), this.#middle, this.#help);
    this.root.append(this.#controls.root, centre, this.#side, this.#status);
    onKey(this.root, (key) => {
      const letter = key.toLowerCase();
      if (key === " ") this.toggle();
      else if (letter === "n") this.#step();
      else if (letter === "r" || key === "0") for (const plane of this.#run?.planes ?? []) plane.resetView();
      else if (letter === "g") this.#grid.click();
      else return false;
      return true;
    });
    this.#takeDrops();
  }

  /** Show the first data set, ready to train. */
  begin(): Promise<void> {
    return this.#choose(0);
  }

  /** Show a line below everything; `failed` marks what went wrong. */
  say(text: string, failed = false): void {
    if (this.#status.textContent !== text) this.#status.textContent = text;
    this.#status.classList.toggle("vw-play-failed", failed);
  }

  toggle(): void {
    const run = this.#run;
    if (!run || run.failed) return;
    const { training } = run;
    if (training.running) training.pause();
    else training.run();
    this.#showRunning();
    this.say(training.running ? "The network trains. Move \u03b2 or the learning rate while you watch." : "Paused.");
  }

  /** Train on the reader's own files. */
  async open(files: File[]): Promise<void> {
    const mine = ++this.#choices;
    this.say(`Reading ${files.length > 1 ? counted(files.length, "file") : files[0].name}.`);
    let own: DataSet;
    try {
      own = await readFiles(files);
    } catch (error) {
      if (mine === this.#choices) this.say((error as Error).message, true); // the data set that is there stays
      return;
    }
    if (mine !== this.#choices) return;
    this.#own = own;
    await this.#choose(this.#page.names.length);
  }

  // -- starting ----------------------------------------------------------------------------------

  async #choose(index: number): Promise<void> {
    const mine = ++this.#choices;
    let data: DataSet;
    try {
      data = index < this.#page.names.length ? await this.#page.dataSet(index) : this.#own!;
    } catch (error) {
      if (mine !== this.#choices) return;
      this.#controls.listData(this.#names, this.#chosen);
      return this.say(`This data set cannot be shown. ${(error as Error).message}`, true);
    }
    if (mine !== this.#choices) return;
    this.#data = data;
    this.#chosen = index;
    this.#leftOut = -1;
    this.#controls.listData(this.#names, index);
    this.#controls.describeData(data.note, data.labels ? data.labelNames : []);
    this.#help.textContent = HELP + (data.labels ? HELP_ON_CLASSES : "");
    await this.#start(`${counted(data.count, "sample")}. Press Train, or Space.`);
  }

  get #names(): string[] {
    return [...this.#page.names, ...(this.#own ? [this.#own.name] : [])];
  }

  /** Begin again with new networks. */
  async #start(text: string): Promise<void> {
    const mine = ++this.#starts;
    const data = this.#data!;
    const kinds: Kind[] = this.#compares ? ["vae", "autoencoder"] : ["vae"];
    const renderer = rendererOf(data);
    const decoders = await Promise.all(kinds.map(() => Decoder.make(data.size, renderer)));
    if (mine !== this.#starts) return;
    this.#end();
    const leftOut = Uint8Array.from({ length: data.count }, (_, i) => Number(data.labels?.[i] === this.#leftOut));
    const rows = Uint32Array.from(leftOut.keys()).filter((i) => !leftOut[i]);
    const shown = spread(SHOWN, data.count);
    const plan = { samples: { values: data.values, size: data.size, divisor: data.divisor }, rows, kinds, seed: SEED };
    let training: Training;
    try {
      training = new Training(this.#page.worker, plan, this.#settings, shown, {
        report: (report) => this.#take(report),
        scores: (which, scores) => this.#panels.takeScores(which, scores),
        diverged: (step) => this.#stopped(`The loss is no number any more after ${whole(step)} batches: the learning rate is too high. Lower it, and press Start again.`),
        lost: (why) => this.#stopped(`The training was lost: ${why}. Press Start again.`),
      });
    } catch (error) {
      return this.#stopped(`This browser does not start the training: ${(error as Error).message}. Open the page in another browser.`);
    }
    const planes = kinds.map((kind, i) => this.#makePlane(kind, i, data, shown));
    const curves = new LossCurves(this.#side, kinds.map((kind) => NAMES[kind]));
    this.#panels.root.before(curves.root);
    const leftOutName = this.#leftOut < 0 ? "" : data.labelNames[this.#leftOut];
    this.#run = { data, training, planes, decoders, curves, shown, leftOut, leftOutName, report: null, failed: false };
    this.#panels.begin(this.#run);
    this.#showRunning();
    this.say(text);
  }

  #end(): void {
    this.#run?.training.close();
    this.#run?.curves.close();
    for (const plane of this.#run?.planes ?? []) plane.close();
    this.#panels.end();
    this.#run = null;
  }

  #makePlane(kind: Kind, index: number, data: DataSet, shown: Uint32Array): PlaneView {
    const plane = new PlaneView(this.#middle, NAMES[kind], !this.#compares, kind === "vae", {
      hover: (place) => this.#panels.point(index, place, false),
      pick: (place) => this.#panels.point(index, place, true),
      toggle: () => this.toggle(),
      say: (text) => this.say(text),
    });
    const classes = data.labels && Uint32Array.from(shown, (row) => data.labels![row]);
    plane.setSamples({ classes, count: shown.length, names: data.labelNames });
    plane.showGrid(this.#grid.checked);
    return plane;
  }

  #head(): HTMLElement {
    const head = element("div", "vw-play-row vw-play-head");
    const label = element("label", "vw-play-check");
    this.#grid.type = "checkbox";
    this.#grid.addEventListener("change", () => {
      for (const plane of this.#run?.planes ?? []) plane.showGrid(this.#grid.checked);
    });
    label.append(this.#grid, element("span", "", "Decode the whole plane"));
    label.title = "Show what each part of the plane decodes to (G)";
    head.append(element("span", "vw-name", "Latent plane"), label);
    return head;
  }

  /** Files may be dropped anywhere: the browser would open them in place of the page. */
  #takeDrops(): void {
    window.addEventListener("dragover", (event) => event.preventDefault());
    window.addEventListener("drop", (event) => {
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length) void this.open(files);
    });
  }

  // -- training ----------------------------------------------------------------------------------

  #step(): void {
    const run = this.#run;
    if (!run || run.failed || run.training.running) return;
    run.training.step();
    this.say("One batch of 128 samples has moved the weights a little.");
  }

  #set(settings: Settings): void {
    this.#settings = settings;
    this.#run?.training.set(settings);
  }

  #take(report: Report): void {
    const run = this.#run;
    if (!run) return;
    run.report = report;
    this.#controls.showProgress(report.step, report.batchesPerEpoch, report.secondsPerEpoch);
    if (report.losses.length) run.curves.add(report.step / report.batchesPerEpoch, report.losses);
    report.states.forEach(({ codes, weights }, i) => {
      run.decoders[i].load(weights);
      run.planes[i].setCodes(codes, run.decoders[i]);
    });
    this.#panels.show();
  }

  #stopped(why: string): void {
    if (this.#run) this.#run.failed = true;
    this.#showRunning();
    this.say(why, true);
  }

  #showRunning(): void {
    const run = this.#run;
    this.#controls.showRunning(Boolean(run?.training.running), run !== null && !run.failed);
  }
}
