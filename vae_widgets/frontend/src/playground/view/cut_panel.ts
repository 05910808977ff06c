/** The anomaly scores of all samples, and a threshold that the reader moves. */

import { measure } from "../../anomaly_histogram/counts.ts";
import type { Histogram } from "../../anomaly_histogram/layers.ts";
import { HistogramPlot } from "../../anomaly_histogram/plot.ts";
import { onThresholdDrag } from "../../anomaly_histogram/threshold_drag.ts";
import { labelColour } from "../../canvas/palette.ts";
import { element, swatched } from "../../controls/shell.ts";
import { counted, percent, plain, whole } from "../../format/numbers.ts";
import type { RawTiles } from "../../kernel/atlas.ts";
import type { Explained } from "../../page_kernel/thresholds.ts";
import { TileFigure } from "./figure.ts";
import { countScores, firstThreshold } from "./score_counts.ts";

export interface Scored {
  /** Of all samples, in nats. */
  scores: Float32Array;
  /** Whether the network was not trained on a sample. */
  leftOut: Uint8Array;
  /** Name of the class that was left out; empty for none. */
  name: string;
  /** What the scores are. */
  scoreName: string;
}

export interface CutActions {
  /** The samples that are flagged now. */
  flag(rows: Uint32Array): void;
  /** The pictures of samples. */
  draw(rows: number[]): RawTiles;
}

const TILES = 8;

export class CutPanel {
  readonly root = element("div", "vw-play-cut");
  readonly #legend = element("div", "vw-play-legend");
  readonly #readout = element("p", "vw-play-readout");
  readonly #highest: TileFigure;
  readonly #box = element("div", "vw-play-histogram");
  readonly #actions: CutActions;
  #plot: HistogramPlot | null = null;
  #stop: () => void = () => {};
  #scored: Scored | null = null;
  #histogram: Histogram | null = null;
  #first: Explained | null = null;
  /** The threshold that the reader has set; null for the first one. */
  #own: number | null = null;
  #live: number | null = null;

  constructor(actions: CutActions) {
    this.#actions = actions;
    const hint = "The score says how badly a sample fits what the network has learnt. Drag the line: what lies right of it is flagged.";
    this.root.append(element("p", "vw-play-hint", hint), this.#legend, this.#box, this.#readout);
    this.#readout.role = "status";
    this.#highest = new TileFigure(this.root, "The samples with the highest scores");
  }

  show(scored: Scored): void {
    this.#scored = scored;
    this.#first = firstThreshold(scored.scores, scored.leftOut);
    const names = scored.name ? ["trained on", `left out: ${scored.name}`] : ["samples"];
    this.#histogram = countScores(scored.scores, scored.leftOut, names, scored.scoreName);
    this.#legend.replaceChildren(
      ...this.#histogram.counts.totals.map((total, k) =>
        swatched(labelColour(k), names[k] === "samples" ? counted(total, "sample") : `${whole(total)} ${names[k]}`),
      ),
    );
    const order = Uint32Array.from(scored.scores.keys()).sort((a, b) => scored.scores[b] - scored.scores[a]);
    this.#highest.show(this.#actions.draw([...order.subarray(0, TILES)]));
    this.#live = null;
    this.#start();
    this.#update();
  }

  close(): void {
    this.#stop();
    this.#plot?.close();
    this.#highest.close();
  }

  get #threshold(): number {
    return this.#live ?? this.#own ?? this.#first!.threshold;
  }

  /** The picture is made with the first scores. */
  #start(): void {
    if (this.#plot) return;
    const plot = new HistogramPlot(this.#box, () => ({
      histogram: this.#histogram!,
      drawnAt: this.#threshold,
      label: `flagged \u2265 ${plain(this.#threshold, 4)}`,
    }));
    this.#plot = plot;
    this.#stop = onThresholdDrag(plot.canvas, {
      counts: () => this.#histogram!.counts,
      frame: () => plot.frame,
      shown: () => this.#threshold,
      drawnAt: () => this.#threshold,
      moveTo: (index) => {
        this.#live = this.#histogram!.counts.thresholds[index];
        this.#update();
      },
      commit: () => {
        this.#own = this.#threshold;
        this.#live = null;
        this.#update();
      },
      restore: () => {
        this.#live = null;
        this.#update();
      },
      pressed: () => {},
    });
  }

  #update(): void {
    const { scores, leftOut, name } = this.#scored!;
    const threshold = this.#threshold;
    const rows = Uint32Array.from(scores.keys()).filter((i) => scores[i] >= threshold);
    const found = rows.reduce((sum, row) => sum + leftOut[row], 0);
    const totals = [0, 0];
    for (const kind of leftOut) totals[kind]++;
    const { recall, precision } = measure([rows.length - found, found], totals);
    const flagged = `${whole(rows.length)} of ${counted(scores.length, "sample")} flagged (${percent(rows.length, scores.length)} %).`;
    const share = (value: number) => (Number.isFinite(value) ? `${Math.round(100 * value)} %` : "none");
    const of = name && ` They have ${share(recall)} of class ${name}, which training left out (recall); of all flagged, ${share(precision)} are of it (precision).`;
    const tied = rows.length || threshold !== this.#first!.threshold ? "" : ` The line ${lowered(this.#first!.explanation)}`;
    this.#readout.textContent = flagged + tied + of;
    const { canvas } = this.#plot!;
    canvas.ariaValueMin = String(this.#histogram!.counts.low);
    canvas.ariaValueMax = String(this.#histogram!.counts.high);
    canvas.ariaValueNow = String(threshold);
    canvas.ariaValueText = `${plain(threshold, 4)} nats, ${flagged}`;
    this.#plot!.redraw();
    this.#actions.flag(rows);
  }
}

function lowered(sentence: string): string {
  return sentence[0].toLowerCase() + sentence.slice(1);
}
