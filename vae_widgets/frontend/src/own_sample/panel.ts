/** The panel "Try your own": a drawing, a picture or a row of numbers, encoded in the page. */

import "./panel.css";
import { button, element } from "../controls/shell.ts";
import { counted, formatNumber, plain } from "../format/numbers.ts";
import { Tiles } from "../kernel/atlas.ts";
import type { Scoring } from "../page_kernel/page_kernel.ts";
import type { ScatterKernel } from "../page_kernel/scatter.ts";
import { Drawing } from "./drawing.ts";
import { fitInk, inkHabit, type InkHabit } from "./ink.ts";
import { readNumbers, readPicture } from "./read_sample.ts";

/** The usual ink is measured on this many samples. */
const MEASURED = 500;
const TILE = 112;
/** As many values of a vector are shown. */
const SHOWN = 8;

export class OwnSamplePanel {
  readonly root = element("section", "vw-own");
  readonly #scatter: ScatterKernel;
  readonly #scoring: Scoring | null;
  readonly #preprocess: (values: number[]) => Float32Array;
  readonly #pictures = element("div", "vw-own-pictures");
  readonly #facts = element("div", "vw-own-facts");
  #drawing: Drawing | null = null;
  #habit: InkHabit | null = null;
  #frame = 0;

  /**
   * `preprocess` makes of values that are typed or read a sample as the model takes it. Drawings and pictures are brought
   * to the look of the model's own samples, which are preprocessed already.
   */
  constructor(
    scatter: ScatterKernel,
    scoring: Scoring | null,
    preprocess = (values: number[]): Float32Array => Float32Array.from(values),
  ) {
    this.#scatter = scatter;
    this.#scoring = scoring;
    this.#preprocess = preprocess;
    this.#facts.role = "status";
    const input = element("div", "vw-own-input");
    const text = this.#image ? this.#addDrawing(input) : this.#addNumbers(input);
    this.root.append(element("h2", "", "Try your own"), element("p", "vw-own-hint", text), input);
    input.append(this.#pictures, this.#facts);
    this.#say("");
  }

  /** Let the page forget it. */
  close(): void {
    this.#drawing?.close();
  }

  /** Numbers in one sample. */
  get #size(): number {
    return this.#scatter.encoder!.sampleShape.reduce((product, side) => product * side, 1);
  }

  /** Sides and channels of an image; null for other samples. */
  get #image(): { width: number; height: number; channels: number } | null {
    const { renderer } = this.#scatter.pictures;
    const [height, width, channels = 1, ...more] = this.#scatter.encoder!.sampleShape;
    const isImage = width !== undefined && !more.length && renderer?.width === width && renderer.height === height;
    return isImage && [1, 3].includes(channels) ? { width, height, channels } : null;
  }

  // -- input -------------------------------------------------------------------------------------

  #addDrawing(input: HTMLElement): string {
    const drawing = (this.#drawing = new Drawing(() => this.#soon()));
    const clear = button("Clear", "Clear the drawing", () => {
      drawing.clear();
      this.#say("");
    });
    const choose = this.#fileButton("Choose a picture", "image/*", (file) => this.#takePicture(file));
    const buttons = element("div", "vw-own-buttons");
    buttons.append(clear, choose);
    const side = element("div");
    side.append(drawing.root, buttons);
    input.append(side);
    this.#acceptDrops((file) => this.#takePicture(file));
    return (
      "Draw with a mouse, a pen or a finger, or drop a picture. The drawing gets the size, the place and the width of " +
      "lines of the images of this page; a picture is scaled to their size as it is."
    );
  }

  #addNumbers(input: HTMLElement): string {
    const size = this.#size;
    const field = element("textarea", "vw-input vw-own-numbers");
    field.placeholder = `${counted(size, "number")}, separated by commas`;
    field.ariaLabel = "The values of one sample";
    field.addEventListener("input", () => this.#try(async () => this.#preprocess(readNumbers(field.value, size))));
    const choose = this.#fileButton("Choose a CSV file", ".csv,.txt,text/csv", (file) => this.#takeText(file, field));
    const side = element("div");
    side.append(field, choose);
    input.append(side);
    this.#acceptDrops((file) => this.#takeText(file, field));
    return "Type or paste the values of one sample, or drop a CSV file with one row of numbers.";
  }

  #fileButton(text: string, accept: string, take: (file: File) => void): HTMLElement {
    const input = element("input");
    input.type = "file";
    input.accept = accept;
    input.hidden = true;
    input.addEventListener("change", () => {
      if (input.files?.[0]) take(input.files[0]);
      input.value = "";
    });
    const root = element("span");
    root.append(
      button(text, text, () => input.click()),
      input,
    );
    return root;
  }

  /** Files may be dropped anywhere on the panel: beside it the browser opens them in place of the page. */
  #acceptDrops(take: (file: File) => void): void {
    const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files");
    this.root.addEventListener("dragover", (event) => {
      if (hasFiles(event)) event.preventDefault();
    });
    this.root.addEventListener("drop", (event) => {
      if (!hasFiles(event)) return; // a text, which the field takes by itself
      event.preventDefault();
      const [file] = event.dataTransfer!.files;
      if (file) take(file);
    });
  }

  #takePicture(file: File): void {
    const { width, height, channels } = this.#image!;
    const { paper, full } = this.#measured;
    const range: [number, number] = [Math.min(paper, full), Math.max(paper, full)];
    this.#drawing!.clear();
    void this.#try(() => readPicture(file, width, height, channels, range));
  }

  #takeText(file: File, field: HTMLTextAreaElement): void {
    void this.#try(async () => {
      field.value = await file.text();
      return this.#preprocess(readNumbers(field.value, this.#size));
    });
  }

  /** Encode the drawing, once a frame at most. */
  #soon(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      const { width, height, channels } = this.#image!;
      const habit = this.#measured;
      const ink = this.#drawing!.ink(habit.line);
      const grey = ink && fitInk(ink, habit, width, height);
      if (!grey) return this.#say("");
      const sample = Float32Array.from({ length: grey.length * channels }, (_, i) => grey[Math.floor(i / channels)]);
      void this.#try(async () => sample);
    });
  }

  /** Where the ink of this data set is. */
  get #measured(): InkHabit {
    if (!this.#habit) {
      const { width, height, channels } = this.#image!;
      const all = this.#scatter.typicalSamples(MEASURED);
      const grey = all.filter((_, at) => at % channels === 0);
      this.#habit = inkHabit(grey, width, height);
    }
    return this.#habit;
  }

  // -- output ------------------------------------------------------------------------------------

  async #try(make: () => Promise<Float32Array>): Promise<void> {
    try {
      this.#show(await make());
    } catch (error) {
      this.#say((error as Error).message);
    }
  }

  #show(x: Float32Array): void {
    const model = this.#scatter.encoder!;
    const { zMean, zLogVar } = model.encode(x);
    if (!zMean.every(Number.isFinite)) throw new Error("The model gives no finite code for this sample.");
    const xHat = model.decode(zMean);
    this.#scatter.showLatent(zMean);
    const renderer = this.#scatter.decoder?.renderer;
    const tiles = renderer ? [x, xHat].map((sample) => Tiles.of(renderer.draw(sample))) : [];
    this.#pictures.replaceChildren(
      ...tiles.map((tile, i) => figure(tile, ["what the model gets", "its reconstruction"][i])),
    );
    const nearest = this.#scatter.nearestTo(zMean);
    this.#facts.replaceChildren(
      line("Code", `z = ${inWords(zMean)}`),
      ...(renderer ? [] : [line("Reconstruction", inWords(xHat))]),
      line("Nearest sample", `#${nearest.row}${nearest.label && `, ${nearest.label}`}`),
      line("Score", this.#scoreText(x, xHat, zMean, zLogVar)),
    );
    this.#facts.dataset.row = String(nearest.row);
  }

  #scoreText(x: Float32Array, xHat: Float32Array, zMean: Float32Array, zLogVar: Float32Array): string {
    if (!this.#scoring?.scoreOf) return "needs Python";
    const score = this.#scoring.scoreOf(x, xHat, zMean, zLogVar);
    this.#facts.dataset.score = String(score);
    const threshold = this.#scoring.threshold();
    const verdict = threshold === null ? "" : score >= threshold ? ": flagged" : ": not flagged";
    return `${plain(score, 5)} ${this.#scoring.name}${verdict}`;
  }

  #say(text: string): void {
    this.#pictures.replaceChildren();
    this.#facts.replaceChildren(text);
    delete this.#facts.dataset.row;
  }
}

/** The first values of a vector. */
function inWords(values: Float32Array): string {
  const first = [...values].slice(0, SHOWN).map((value) => formatNumber(value, 4));
  return `(${first.join(", ")}${values.length > SHOWN ? ", \u2026" : ""})`;
}

function line(name: string, value: string): HTMLElement {
  const made = element("div", "vw-own-fact");
  made.append(element("span", "vw-own-term", name), element("span", "", value));
  return made;
}

function figure(tiles: Tiles, caption: string): HTMLElement {
  const made = element("figure");
  const canvas = element("canvas", "vw-own-tile");
  canvas.width = tiles.width;
  canvas.height = tiles.height;
  canvas.style.width = `${Math.max(TILE, tiles.width)}px`;
  canvas.style.imageRendering = tiles.imageRendering;
  tiles.draw(canvas.getContext("2d")!, 0, 0, 0, tiles.width, tiles.height);
  made.append(canvas, element("figcaption", "", caption));
  return made;
}
