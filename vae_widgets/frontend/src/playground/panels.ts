/** What one does with the plane: pick, slide and cut. */

import type { Point } from "../canvas/geometry.ts";
import { element } from "../controls/shell.ts";
import { rendererOf, samplesOf, type DataSet } from "./data/data_set.ts";
import { CutPanel } from "./view/cut_panel.ts";
import type { LossCurves } from "./view/curves.ts";
import type { Decoder } from "./view/decoder.ts";
import { PickPanel } from "./view/pick_panel.ts";
import type { PlaneView } from "./view/plane.ts";
import { SlidePanel } from "./view/slide_panel.ts";
import { Tabs } from "./view/tabs.ts";
import type { Report } from "./worker/messages.ts";
import type { Training } from "./worker/training.ts";

/** Scores are computed again after this time while the network trains, in ms. */
const SCORE_EVERY = 2000;
/** Names of the panels, and what one does in them. */
const PANELS: [string, string][] = [
  ["Pick", "Decode a place of the plane"],
  ["Slide", "Go from one code to another"],
  ["Cut", "Choose from which anomaly score on a sample is flagged"],
];

/** What belongs to one training, from its start until it starts again. */
export interface Run {
  data: DataSet;
  training: Training;
  planes: PlaneView[];
  decoders: Decoder[];
  curves: LossCurves;
  /** The samples that are drawn as points. */
  shown: Uint32Array;
  /** Whether training does not see a sample, and the name of its class; empty for none. */
  leftOut: Uint8Array;
  leftOutName: string;
  report: Report | null;
  /** Only a new start helps. */
  failed: boolean;
}

export class Panels {
  readonly root: HTMLElement;
  readonly #tabs: Tabs;
  readonly #frames = PANELS.map(() => element("div", "vw-play-panel"));
  #run: Run | null = null;
  #pick!: PickPanel;
  #slide!: SlidePanel;
  #cut!: CutPanel;
  /** The plane that was pointed at last, and the place that was clicked. */
  #active = 0;
  #picked: Point | null = null;
  #scoresAsked = 0;

  constructor() {
    const tabs = PANELS.map(([name, hint], i) => ({ name, hint, panel: this.#frames[i] }));
    this.#tabs = new Tabs("What to do with the plane", tabs, () => this.show());
    this.root = this.#tabs.root;
  }

  begin(run: Run): void {
    const { data } = run;
    const renderer = rendererOf(data);
    this.#run = run;
    this.#active = this.#scoresAsked = 0;
    this.#picked = null;
    this.#pick = new PickPanel();
    this.#slide = new SlidePanel((path) => {
      const seen = this.#tabs.name === "Slide";
      run.planes.forEach((plane, i) => plane.showPath(seen && i === this.#active ? path : null));
    });
    this.#cut = new CutPanel({
      flag: (rows) => this.#flag(rows),
      draw: (rows) => renderer.draw(samplesOf(data, rows)),
    });
    [this.#pick, this.#slide, this.#cut].forEach((panel, i) => this.#frames[i].replaceChildren(panel.root));
  }

  end(): void {
    if (this.#run) for (const panel of [this.#pick, this.#slide, this.#cut]) panel.close();
    this.#run = null;
  }

  /** Bring the panel that is seen up to date. */
  show(): void {
    const run = this.#run;
    if (!run?.report) return;
    const { name } = this.#tabs;
    if (name !== "Slide") {
      this.#slide.rest();
      for (const plane of run.planes) plane.showPath(null);
    }
    if (name !== "Cut") for (const plane of run.planes) plane.flag(new Uint32Array());
    run.planes.forEach((plane, i) => plane.mark(name === "Pick" && i === this.#active ? this.#picked : null));
    if (name === "Pick") this.#showPick(this.#picked ?? { x: 0, y: 0 });
    else if (name === "Slide") this.#slide.show(run.decoders[this.#active], ...this.#usualEnds(run));
    else this.#askScores();
  }

  /** The pointer is at a place of a plane, or was clicked there; null when it has left. */
  point(index: number, at: Point | null, clicked: boolean): void {
    const run = this.#run;
    const place = at ?? this.#picked;
    if (!run?.report || !place) return;
    const other = index !== this.#active;
    if (clicked || this.#tabs.name === "Pick") this.#active = index;
    if (clicked && this.#tabs.name === "Slide") this.#slide.moveEnd(place);
    else if (clicked) this.#picked = place;
    if (clicked && (other || this.#tabs.name === "Pick")) this.show();
    else if (this.#tabs.name === "Pick") this.#showPick(place);
  }

  #showPick(place: Point): void {
    const { data, planes, decoders, shown } = this.#run!;
    const nearest = planes[this.#active].nearest(place);
    const row = nearest < 0 ? -1 : shown[nearest];
    const label = data.labels && row >= 0 ? data.labelNames[data.labels[row]] : "";
    this.#pick.show(place, decoders[this.#active], row < 0 ? null : { row, label, x: samplesOf(data, [row]) });
  }

  /** The codes of two samples, of different classes if there are any. */
  #usualEnds({ data, planes, shown }: Run): [Point, Point] {
    const { labels } = data;
    const plane = planes[this.#active];
    const other = labels ? shown.findIndex((row) => labels[row] !== labels[shown[0]]) : shown.length - 1;
    return [plane.code(0), plane.code(Math.max(0, other))];
  }

  #askScores(): void {
    const run = this.#run!;
    const now = performance.now();
    if (run.failed || (run.training.running && now - this.#scoresAsked < SCORE_EVERY)) return;
    this.#scoresAsked = now;
    run.training.score(this.#active);
  }

  /** Show the scores that were asked for. */
  takeScores(which: number, scores: Float32Array): void {
    const run = this.#run;
    if (!run || which !== this.#active) return;
    const scoreName = which === 0 ? "negative ELBO (nats)" : "reconstruction loss (nats)";
    this.#cut.show({ scores, leftOut: run.leftOut, name: run.leftOutName, scoreName });
  }

  /** Outline those of the shown samples that are flagged. */
  #flag(rows: Uint32Array): void {
    const run = this.#run;
    if (!run || this.#tabs.name !== "Cut") return;
    const flagged = new Set(rows);
    const shown = Uint32Array.from(run.shown.keys()).filter((i) => flagged.has(run.shown[i]));
    run.planes.forEach((plane, i) => plane.flag(i === this.#active ? shown : new Uint32Array()));
  }
}
