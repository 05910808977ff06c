/** The samples before and after the one under review, with their marks; a click goes to one. */

import { markColour } from "./card.ts";
import { sign, verdict, type Mark } from "./marks.ts";
import { focusBeside } from "../controls/keys.ts";
import { element } from "../controls/shell.ts";
import { alike } from "../format/numbers.ts";
import type { Tiles } from "../kernel/atlas.ts";

export interface Thumbnail {
  position: number;
  /** Index among the tiles. */
  at: number;
  score: number;
  flagged: boolean;
  mark: Mark;
}

export class Thumbnails {
  readonly root = element("div", "vw-review-strip");
  readonly #go: (position: number) => void;
  #places: { button: HTMLButtonElement; canvas: HTMLCanvasElement; mark: HTMLElement; score: HTMLElement }[] =
    [];
  #shown: Thumbnail[] = [];

  constructor(go: (position: number) => void) {
    this.#go = go;
    this.root.role = "group";
    this.root.ariaLabel = "Samples in the queue";
  }

  show(samples: Thumbnail[], current: number, tiles: Tiles | null): void {
    this.#shown = samples;
    const focused = this.root.contains(focusBeside(this.root));
    // Tab reaches the current one, from which the arrow keys move.
    const stop = samples.some(({ position }) => position === current) ? current : samples.at(-1)?.position;
    const ofKind = (kind: boolean) => samples.filter(({ flagged }) => flagged === kind).map(({ score }) => score);
    const around = [Math.min(...ofKind(true)), Math.max(...ofKind(false))].filter(Number.isFinite);
    const scores = alike(samples.map(({ score }) => score), around);
    this.root.style.setProperty("--vw-letters", String(Math.max(0, ...scores.map((text) => text.length))));
    while (this.#places.length < samples.length) this.#add();
    this.#places.forEach(({ button, canvas, mark: shown, score }, i) => {
      const sample = samples[i];
      button.hidden = !sample;
      if (!sample) return;
      const { mark, flagged } = sample;
      canvas.hidden = !tiles;
      if (tiles) {
        if (canvas.width !== tiles.width) canvas.width = tiles.width;
        if (canvas.height !== tiles.height) canvas.height = tiles.height;
        canvas.style.imageRendering = tiles.imageRendering;
        const context = canvas.getContext("2d")!;
        context.clearRect(0, 0, tiles.width, tiles.height);
        tiles.draw(context, sample.at, 0, 0, tiles.width, tiles.height);
      }
      shown.textContent = sign(mark, flagged) || "\u00b7";
      shown.style.color = mark ? markColour(mark) : "";
      score.textContent = scores[i];
      button.classList.toggle("vw-tile-selected", sample.position === current);
      button.tabIndex = sample.position === stop ? 0 : -1;
      if (focused && sample.position === stop) button.focus();
      button.ariaCurrent = String(sample.position === current);
      const words = [`score ${scores[i]}`, flagged ? "flagged" : "not flagged"];
      if (mark) words.push(verdict(mark, flagged));
      button.title = words.join(", ");
      button.ariaLabel = `Number ${sample.position + 1}, ${button.title}`;
    });
  }

  #add(): void {
    const i = this.#places.length;
    const button = element("button", "vw-tile vw-review-place");
    button.type = "button";
    const canvas = element("canvas", "vw-tile-picture");
    const caption = element("span", "vw-tile-caption");
    const mark = element("span", "vw-review-sign");
    const score = element("span");
    caption.append(mark, score);
    button.append(canvas, caption);
    button.addEventListener("click", () => this.#go(this.#shown[i].position));
    this.#places.push({ button, canvas, mark, score });
    this.root.append(button);
  }
}
