/** The sample under the pointer of a scatter: its pictures beside its point. */

import { readArray } from "../../kernel/arrays.ts";
import { HoveredDetail } from "../decode/hovered_detail.ts";
import { fourDigits } from "../../format/numbers.ts";
import { PageDecoder } from "../decode/page_decoder.ts";
import { SampleTiles } from "../decode/sample_tiles.ts";
import { POSTERIOR_RING } from "../plot/contours.ts";
import { Tooltip } from "./tooltip.ts";
import type { TileRef } from "../../kernel/atlas.ts";
import type { ScatterPlot } from "../plot/plot.ts";
import { labelOf, type Model } from "../state/model.ts";
import { pushStateThrottled } from "../../kernel/sync.ts";

export class Hover {
  readonly #samples: SampleTiles;
  readonly #detail: HoveredDetail;
  readonly #tooltip = new Tooltip();
  readonly #model: Model;
  readonly #plot: ScatterPlot;
  readonly #frame: HTMLElement;
  readonly #decoder: PageDecoder;

  /** The tooltip stays inside `frame`; `arrived` is called when a new picture is there. */
  constructor(
    model: Model,
    plot: ScatterPlot,
    frame: HTMLElement,
    setStatus: (text: string) => void,
    arrived: () => void,
  ) {
    this.#model = model;
    this.#plot = plot;
    this.#frame = frame;
    this.#decoder = PageDecoder.of(model);
    frame.append(this.#tooltip.root);
    this.#samples = new SampleTiles(
      model,
      () => {
        arrived();
        this.show();
      },
      (error) => setStatus(`Drawing a sample failed. ${error}`),
    );
    this.#detail = new HoveredDetail(
      model,
      () => this.show(),
      (error) => setStatus(`Reconstructing a sample failed. ${error}`),
    );
    void this.#samples.load(model.get("_tiles"));
  }

  /** The pointer is on a sample; -1 for none. */
  over(index: number): void {
    if (index === this.#model.get("hovered")) return;
    this.#model.set("hovered", index);
    pushStateThrottled(this.#model, "hovered");
  }

  /** The picture of a sample; null while it is requested. */
  sample(index: number): TileRef | null {
    return this.#samples.find(index);
  }

  show(): void {
    const model = this.#model;
    const plot = this.#plot;
    const frame = this.#frame;
    const tooltip = this.#tooltip;
    const index = model.get("hovered");
    const positions = readArray(model.get("_positions"));
    plot.mark({ hovered: index, posterior: null });
    if (index < 0 || index >= positions.length / 2 || !plot.isVisible(index)) return tooltip.hide();
    const at = plot.viewport.toScreen(positions[2 * index], positions[2 * index + 1]);
    if (!plot.viewport.contains(at)) return tooltip.hide();
    const lines = [`#${index}`, labelOf(model, index)].filter(Boolean);
    for (const [name, wire] of Object.entries(model.get("quantities"))) {
      const value = readArray(wire)[index];
      lines.push(`${name} ${Number.isNaN(value) ? "unknown" : fourDigits(value)}`);
    }
    // What the kernel sends takes the place of what the page has found itself.
    const more = this.#detail.find(index);
    const pictures: (TileRef | null)[] = [this.sample(index), null, null];
    const here = more ? null : this.#decoder.detail(index, pictures[0]);
    if (here) {
      pictures[1] = { tiles: here.reconstruction, index: 0 };
      pictures[2] = here.residual && { tiles: here.residual, index: 0 };
    }
    // The residual is missing where the page has the tiles of samples, which do not tell their values.
    if (more) pictures.splice(0, 3, ...Array.from({ length: more.tiles.count }, (_, i) => ({ tiles: more.tiles, index: i })));
    const covariance = (more ?? here)?.covariance;
    if (covariance) {
      plot.mark({ posterior: covariance });
      lines.push(`ellipse: ${100 * POSTERIOR_RING} % of q(z | x)`);
    }
    tooltip.describe(more?.text ?? "");
    tooltip.show(pictures, lines, at, frame.clientWidth, frame.clientHeight);
  }

  /** Another plane is shown. */
  forgetDetail(): void {
    this.#detail.forget();
    this.show();
  }

  close(): void {
    this.#samples.close();
    this.#detail.close();
  }
}
