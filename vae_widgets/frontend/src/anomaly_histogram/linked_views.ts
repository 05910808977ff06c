/** Parts of other widgets that follow the threshold in the page: points on curves, scatters. */

import type { AnyModel } from "@anywidget/types";
import { readArray, writeArray, type WireArray } from "../kernel/arrays.ts";
import { findModel, setHere } from "../kernel/front_end_module.ts";
import { expectedCost, falsePositiveRate, type Metrics } from "./counts.ts";

interface State {
  operating_points: string[];
  followers: string[];
  outlined: string[];
  _order: WireArray;
  point_axes: [string, string][];
  costs: number[];
}

export class LinkedViews {
  readonly #model: AnyModel<State>;
  /** In the order of `point_axes`; null for a model that is not in this page. */
  #points: (AnyModel<any> | null)[] = [];
  #followers: AnyModel<any>[] = [];
  #outlined: AnyModel<any>[] = [];

  constructor(model: AnyModel<State>) {
    this.#model = model;
    void this.find();
  }

  /** Look up the models that the kernel names. */
  async find(): Promise<void> {
    this.#points = await this.#modelsOf("operating_points");
    this.#followers = (await this.#modelsOf("followers")).filter((found) => found !== null);
    this.#outlined = (await this.#modelsOf("outlined")).filter((found) => found !== null);
  }

  /** Show a moving threshold in linked scatters, and the `flagged` samples of highest score. */
  follow(threshold: number, flagged: number): void {
    for (const scatter of this.#followers) {
      if (scatter.get("threshold") !== null) setHere(scatter, { threshold });
    }
    if (!this.#outlined.length) return;
    const order = readArray<Uint32Array>(this.#model.get("_order"));
    const outlined = writeArray(order.subarray(order.length - flagged));
    for (const scatter of this.#outlined) setHere(scatter, { flagged: outlined });
  }

  move(threshold: number, metrics: Metrics): void {
    const values: Record<string, number> = {
      threshold,
      recall: metrics.recall,
      precision: metrics.precision,
      false_positive_rate: falsePositiveRate(metrics),
      cost: expectedCost(metrics, this.#model.get("costs")),
      precision_of_all_alerts: metrics.reviewed?.precision ?? NaN,
    };
    const axes = this.#model.get("point_axes");
    if (axes.length !== this.#points.length) return; // new ones are being looked up
    this.#points.forEach((point, i) => {
      const [x, y] = axes[i].map((name) => values[name]);
      const defined = Number.isFinite(x) && Number.isFinite(y);
      if (!point) return;
      setHere(point, {
        x: Float64Array.from(defined ? [x] : []),
        y: Float64Array.from(defined ? [y] : []),
      });
    });
  }

  #modelsOf(name: "operating_points" | "followers" | "outlined"): Promise<(AnyModel<any> | null)[]> {
    return Promise.all(this.#model.get(name).map((id) => findModel(this.#model, id)));
  }
}
