/** The curves of the two parts of the loss, in nats, against the epoch. */

import "../../curve_plot/widget.css";
import { categoryColour } from "../../canvas/palette.ts";
import { paddedLimits } from "../../canvas/small_plot.ts";
import { element, swatched } from "../../controls/shell.ts";
import { CurveView } from "../../curve_plot/curve_view.ts";
import type { CurvePlot, Line } from "../../curve_plot/description.ts";
import { linearTicks } from "../../format/axis_ticks.ts";
import type { Losses } from "../network/network.ts";

type Part = keyof Losses;

/** More points than these do not fit: then every second one goes. */
const MOST = 500;
const PARTS: [Part, string][] = [
  ["reconstruction", "Reconstruction (nats)"],
  ["kl", "KL (nats)"],
];

export class LossCurves {
  readonly root = element("section", "vw-play-curves");
  readonly #values = element("div", "vw-play-values");
  readonly #views: CurveView[];
  readonly #names: string[];
  #epochs: number[] = [];
  /** By network, then by part. */
  #losses: Record<Part, number[]>[];

  /** `names` are those of the networks. */
  constructor(parent: HTMLElement, names: string[]) {
    this.#names = names;
    this.#losses = names.map(() => ({ reconstruction: [], kl: [] }));
    const plots = element("div", "vw-play-plots");
    this.root.append(plots, this.#values);
    parent.append(this.root);
    this.#views = PARTS.map(([part, title]) => new CurveView(plots, () => this.#plot(part, title)));
    this.#show();
  }

  add(epoch: number, losses: Losses[]): void {
    this.#epochs.push(epoch);
    losses.forEach((each, i) => PARTS.forEach(([part]) => this.#losses[i][part].push(each[part])));
    if (this.#epochs.length > MOST) this.#thin();
    this.#show();
  }

  close(): void {
    for (const view of this.#views) view.close();
    this.root.remove();
  }

  #thin(): void {
    const last = this.#epochs.length - 1;
    const kept = (_: number, i: number) => i % 2 === last % 2;
    this.#epochs = this.#epochs.filter(kept);
    this.#losses = this.#losses.map(({ reconstruction, kl }) => ({
      reconstruction: reconstruction.filter(kept),
      kl: kl.filter(kept),
    }));
  }

  #show(): void {
    for (const view of this.#views) view.update();
    this.#values.replaceChildren(
      ...this.#names.map((name, i) => {
        const [reconstruction, kl] = PARTS.map(([part]) => this.#losses[i][part].at(-1)?.toFixed(1) ?? "\u2013");
        // Only the first network, the VAE, has the KL in its loss.
        const rest = i ? `nats; its KL of ${kl} does not count` : `+ KL ${kl} nats`;
        return swatched(categoryColour(i), `${name}: reconstruction ${reconstruction} ${rest}`);
      }),
    );
  }

  #plot(part: Part, title: string): CurvePlot {
    const axis = { scale: "linear" as const, tick_format: "~g", padding: 0.02 };
    // The first part of a run would hide what comes later: there the curve may leave the plot.
    const from = Math.floor(this.#epochs.length / 5);
    const seen = this.#losses.flatMap((each) => each[part].slice(from));
    const [low, high] = paddedLimits(seen, part === "kl" ? [0] : []);
    const last = this.#epochs.at(-1) ?? 1;
    const lines: Line[] = this.#names.map((name, i) => ({
      ...{ name, colour: categoryColour(i), x: this.#epochs, y: this.#losses[i][part] },
      ...{ dashed: false, width: 1.75, opacity: 1 },
    }));
    return {
      title,
      x: { ...axis, label: "epoch", domain: [0, last], ticks: linearTicks(0, last, 5) },
      y: { ...axis, label: "", domain: [low, high], ticks: linearTicks(low, high, 4) },
      lines,
      ...{ band: null, points: null, rules: [] },
      margin: { top: 20, right: 8, bottom: 32, left: 36 },
    };
  }
}
