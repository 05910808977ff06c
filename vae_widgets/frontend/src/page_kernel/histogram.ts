/** What Python does for an AnomalyHistogram (widgets/anomaly_histogram/), in a page without it. */

import { filled, readArray, writeArray, type WireArray } from "../kernel/arrays.ts";
import type { PageModel } from "./page_model.ts";
import { LabelledScores, nextAfter } from "./labelled_scores.ts";
import type { Parts } from "./parts.ts";
import { ScoreStrip } from "./score_strip.ts";
import { byPercentile, byTopK, type Chosen } from "./thresholds.ts";

interface Grid {
  thresholds: WireArray;
  steps_per_bin: number;
  clipped: boolean;
}

/** A threshold that Python chose when it saved the page, or why it could not. */
type Choice = Chosen | { error: string };

interface Own {
  canvas: string;
  strip: string | null;
  scores: WireArray;
  keys: DataView | null;
  labels: WireArray | null;
  drawn_from: WireArray | null;
  choices: Record<string, Choice>;
  links: { scatter: string; color: boolean; name: string }[];
}

const BY_HAND = "Set by hand; arrow keys, Page Up and Page Down move it too.";

export class HistogramKernel {
  readonly scores: LabelledScores;
  readonly canvas: PageModel;
  /** Called with the row of a sample whose tile was clicked. */
  picked: (row: number) => void = () => {};
  readonly #own: Own;
  readonly #strip: ScoreStrip | null = null;
  readonly #scatters: { model: PageModel; color: boolean; name: string }[] = [];
  readonly #followers = new Set<() => void>();
  readonly #labelFollowers = new Set<() => void>();
  #chosen: Chosen;
  #labelsChanged = false;

  constructor(model: PageModel, parts: Parts) {
    const own = (this.#own = model.own as Own);
    const floats = (wire: WireArray | null) => wire && readArray<Float64Array>(wire);
    this.scores = new LabelledScores(floats(own.scores)!, floats(own.labels), floats(own.drawn_from));
    const canvas = (this.canvas = parts.model(own.canvas)!);
    const [threshold, method, parameters, status] = ["threshold", "method", "parameters", "status"].map((name) =>
      canvas.get(name),
    );
    this.#chosen = { threshold, method, parameters, status };
    const strip = own.strip ? parts.model(own.strip) : null;
    if (strip) {
      this.#strip = new ScoreStrip(strip, this.scores, parts, this.threshold);
      strip.observe("selected", (tile: number) => {
        const row = this.#strip!.rowAt(tile);
        if (row >= 0) this.picked(row);
      });
    }
    for (const { scatter, color, name } of own.links) {
      const linked = parts.model(scatter);
      if (linked) this.#link(linked, color, name);
    }
    canvas.observe("threshold", (value: number) => {
      if (value !== this.threshold) this.#choose({ threshold: value, method: "manual", parameters: {}, status: BY_HAND });
    });
    canvas.observe("full_range", () => this.#layGrid());
    canvas.handle("scores", () => ({
      scores: writeArray(this.scores.scores.slice()),
      labels: writeArray(this.scores.labels.slice()),
      keys: own.keys,
    }));
    canvas.handle("method", ({ method, parameters = {} }) => this.#apply(method, parameters));
  }

  get threshold(): number {
    return this.#chosen.threshold;
  }

  get flagged(): number {
    return this.scores.flagged(this.threshold);
  }

  /** The rows that are flagged, as a wire array. */
  get flaggedRows(): WireArray {
    return writeArray(this.scores.flaggedRows(this.threshold));
  }

  /** Call a function when the threshold has changed. */
  whenThresholdChanges(call: () => void): void {
    this.#followers.add(call);
  }

  whenLabelsChange(call: () => void): void {
    this.#labelFollowers.add(call);
  }

  /** Label samples; see `LabelledScores.label`. */
  label(rows: number[], labels: number[], drawnFrom: number[]): void {
    if (!rows.length) return;
    this.scores.label(rows, labels, drawnFrom);
    this.#labelsChanged = true;
    this.#layGrid();
    this.#count();
    void this.#strip?.showLabels();
    for (const call of this.#labelFollowers) call();
  }

  /** Frame the tile of a sample. */
  frame(row: number): void {
    this.#strip?.frame(row);
  }

  // -- the threshold -----------------------------------------------------------------------------

  #apply(method: string, asked: Record<string, number | null>): Record<string, unknown> {
    try {
      this.#choose(this.#choiceOf(method, asked));
      return {};
    } catch (error) {
      const known = this.#own.choices[method];
      const before = known && "parameters" in known ? known.parameters : {};
      return { error: (error as Error).message, method, parameters: { ...before, ...asked } };
    }
  }

  #choiceOf(method: string, asked: Record<string, number | null>): Chosen {
    if (method === "manual") return { threshold: this.threshold, method, parameters: {}, status: BY_HAND };
    const known = this.#own.choices[method];
    const before = known && "parameters" in known ? known.parameters : {};
    const parameters = { ...before, ...asked };
    if (method === "percentile") return byPercentile(this.scores, parameters.percentile ?? 95);
    if (method === "top_k") return byTopK(this.scores, parameters.k ?? 50);
    if (!known) throw new Error("it needs Python: this page does not have its threshold.");
    if ("error" in known) throw new Error(known.error);
    if (this.#labelsChanged && this.canvas.get("methods").some((m: any) => m.name === method && m.labels)) {
      throw new Error("labels were changed in this page. By these, the method needs Python.");
    }
    if (Object.entries(parameters).some(([name, value]) => known.parameters[name] !== value)) {
      const values = Object.entries(known.parameters).map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`);
      throw new Error(`other values need Python. This page has its threshold for ${values.join(", ")}.`);
    }
    return known;
  }

  #choose(chosen: Chosen): void {
    this.#chosen = chosen;
    this.#count();
    this.canvas.commit({
      threshold: chosen.threshold,
      method: chosen.method,
      parameters: chosen.parameters,
      status: chosen.status,
    });
    void this.#strip?.showThreshold(chosen.threshold);
    for (const { model, color, name } of this.#scatters) {
      if (!color) model.commit({ flagged: this.flaggedRows });
      else if (model.get("color_by") === name) model.commit({ threshold: chosen.threshold });
    }
    for (const call of this.#followers) call();
  }

  #count(): void {
    const { scores, threshold } = this;
    const below = nextAfter(threshold, -1);
    const found = scores.partlyLabelled ? scores.reviewed(threshold) : null;
    const finite = (value: number) => (Number.isNaN(value) ? null : value);
    this.canvas.commit({
      _counted: {
        threshold,
        at_or_above: scores.atOrAbove(threshold),
        above: scores.has(below) ? below : null,
        around: scores.around(threshold),
        reviewed: found && [finite(found.precision), found.low, found.high, found.drawn],
      },
    });
  }

  // -- the picture -------------------------------------------------------------------------------

  #layGrid(): void {
    const { scores, canvas } = this;
    const grids = canvas.own!.grids as Record<string, Grid>;
    const grid = grids[canvas.get("full_range") ? "full" : "clipped"];
    const thresholds = readArray<Float64Array>(grid.thresholds);
    const m = thresholds.length;
    const totals = scores.totals;
    const names = Object.keys(totals);
    const counts = new Uint32Array(names.length * m);
    const reviewed = scores.partlyLabelled ? new Float64Array(4 * m) : null;
    thresholds.forEach((threshold, i) => {
      scores.atOrAbove(threshold).forEach((count, kind) => (counts[kind * m + i] = count));
      if (!reviewed) return;
      const { precision, low, high, drawn } = scores.reviewed(threshold);
      [precision, low, high, drawn].forEach((value, row) => (reviewed[row * m + i] = value));
    });
    canvas.commit({
      class_names: names,
      _grid: {
        ...canvas.get("_grid"),
        thresholds: grid.thresholds,
        at_or_above: writeArray(counts, [names.length, m]),
        totals: Object.values(totals),
        steps_per_bin: grid.steps_per_bin,
        clipped: grid.clipped,
        reviewed: reviewed && writeArray(reviewed, [4, m]),
      },
    });
    this.#countSelected();
  }

  #selection = new Uint32Array();

  #countSelected(): void {
    const rows = this.#selection;
    const chosen = filled(new Float64Array(rows.length), (i) => this.scores.scores[rows[i]]).sort();
    const thresholds = readArray<Float64Array>(this.canvas.get("_grid").thresholds);
    const own = new LabelledScores(chosen, null, null);
    const counts = Uint32Array.from(thresholds, (threshold) => own.flagged(threshold));
    this.canvas.commit({ _selected: { total: chosen.length, at_or_above: writeArray(counts) } });
  }

  // -- linked scatters ---------------------------------------------------------------------------

  #link(scatter: PageModel, color: boolean, name: string): void {
    this.#scatters.push({ model: scatter, color, name });
    const select = (wire: WireArray) => {
      this.#selection = readArray<Uint32Array>(wire).slice();
      this.#countSelected();
    };
    scatter.observe("selection", select);
    this.#selection = readArray<Uint32Array>(scatter.get("selection")).slice();
    scatter.observe("threshold", (value: number | null) => {
      if (value === null || value === this.threshold || scatter.get("color_by") !== name) return;
      this.#choose({ threshold: value, method: "manual", parameters: {}, status: BY_HAND });
    });
    scatter.observe("color_by", (chosen: string) => {
      const followers = (this.canvas.get("followers") as string[]).filter((id) => !id.endsWith(scatter.id));
      const mine = chosen === name;
      this.canvas.commit({ followers: mine ? [...followers, `IPY_MODEL_${scatter.id}`] : followers });
      if (mine) scatter.commit({ threshold: this.threshold });
      else if (scatter.get("threshold") === this.threshold) scatter.commit({ threshold: null });
    });
  }
}
