/** The sample under review: its pictures and its facts. */

import { DetailText } from "../controls/detail_text.ts";
import { labelColour } from "../canvas/palette.ts";
import { digitsApart, plain } from "../format/numbers.ts";
import { verdict, type Mark } from "./marks.ts";
import { setMainPart } from "../controls/keys.ts";
import { element } from "../controls/shell.ts";
import type { Tiles } from "../kernel/atlas.ts";

export interface Sample {
  index: number;
  score: number;
  threshold: number;
  flagged: boolean;
  mark: Mark;
  /** What the pixel values of a tile mean. */
  note: string;
  /** The renderer's HTML about the sample. */
  detail: string;
}

export class ReviewCard {
  readonly root = element("div", "vw-review-card");
  readonly #pictures = element("div", "vw-review-pictures");
  readonly #facts = element("div", "vw-review-facts");
  readonly #detail = new DetailText("vw-review-detail");
  #canvases: HTMLCanvasElement[] = [];
  #structure = "";

  constructor() {
    this.root.append(this.#pictures, this.#facts, this.#detail.root);
    setMainPart(this.root);
    this.root.role = "group";
    this.root.ariaLabel = "Sample under review";
  }

  /** `at` is the index of the sample among the `count` tiles of each picture. */
  showPictures(names: string[], tiles: Tiles | null, at: number, count: number): void {
    const structure = JSON.stringify([names, tiles?.width, tiles?.height]);
    if (structure !== this.#structure) this.#build(names, tiles);
    this.#structure = structure;
    this.#canvases.forEach((canvas, picture) => {
      const context = canvas.getContext("2d")!;
      context.clearRect(0, 0, canvas.width, canvas.height);
      tiles!.draw(context, picture * count + at, 0, 0, canvas.width, canvas.height);
    });
  }

  showFacts({ index, score, threshold, flagged, mark, note, detail }: Sample): void {
    this.#detail.show(detail);
    const away = plain(Math.abs(score - threshold), 3);
    const place = away === "0" ? "at the threshold" : `${away} ${flagged ? "above" : "below"} the threshold`;
    const line = (className: string, text: string) => element("div", className, text);
    const chip = line("vw-review-verdict", verdict(mark, flagged) || "not reviewed");
    chip.style.borderColor = mark ? markColour(mark) : "";
    this.#facts.replaceChildren(
      line("vw-name", `Sample ${index}`),
      line("", `Score ${plain(score, digitsApart([score, threshold], 5))}`),
      line("vw-review-aside", `${flagged ? "flagged" : "not flagged"}, ${place}`),
      ...(note ? [line("vw-review-aside", `tiles: ${note}`)] : []),
      chip,
    );
  }

  /** Show a summary at the end of the queue, with buttons for the next step. */
  showSummary(lines: string[], next: HTMLElement[]): void {
    this.#detail.show("");
    this.#build([], null);
    this.#structure = "";
    const row = element("div", "vw-review-next");
    row.append(...next);
    this.#facts.replaceChildren(
      ...lines.map((text, i) => element("div", i ? "" : "vw-name", text)),
      row,
    );
  }

  /** Show why there is no sample. */
  showNothing(why: string): void {
    this.#detail.show("");
    this.#build([], null);
    this.#structure = "";
    this.#facts.replaceChildren(element("div", "vw-review-aside", why));
  }

  #build(names: string[], tiles: Tiles | null): void {
    this.#canvases = [];
    // Enlarged, a picture that is no pixel art would be blurred.
    this.#pictures.style.setProperty("--vw-sharp", tiles && !tiles.pixelArt ? `${tiles.width}px` : "");
    this.#pictures.replaceChildren(
      ...(tiles ? names : []).map((name) => {
        const figure = element("figure", "vw-review-picture");
        const canvas = element("canvas");
        canvas.width = tiles!.width;
        canvas.height = tiles!.height;
        canvas.style.imageRendering = tiles!.imageRendering;
        figure.append(canvas, element("figcaption", "", name));
        this.#canvases.push(canvas);
        return figure;
      }),
    );
  }
}

/** The colour of the label in the histogram; unsure counts as not labelled. */
export function markColour(mark: Mark): string {
  return labelColour(mark === "anomalous" ? 1 : mark === "normal" ? 0 : 2);
}
