/** The operating points on bqplot's curves, moved in the page alone while the threshold moves. */

import type { AnyModel } from "@anywidget/types";
import { expectedCost, falsePositiveRate, type Metrics } from "./score_counts.ts";

/** What we use of a model of another package: a state as if it came from the kernel. */
interface ForeignModel {
  set_state(state: Record<string, unknown>): void;
}

interface State {
  operating_points: string[];
  point_axes: [string, string][];
  costs: number[];
}

export class OperatingPoints {
  private readonly model: AnyModel<State>;
  private points: ForeignModel[] = [];

  constructor(model: AnyModel<State>) {
    this.model = model;
    void this.find();
  }

  /** Look up what the kernel calls points now. */
  async find(): Promise<void> {
    const { model } = this;
    const ids = model.get("operating_points").map((id) => id.replace("IPY_MODEL_", ""));
    const found = await Promise.all(ids.map((id) => model.widget_manager.get_model(id)));
    this.points = found as unknown as ForeignModel[];
  }

  move(threshold: number, metrics: Metrics): void {
    const values: Record<string, number> = {
      threshold,
      recall: metrics.recall,
      precision: metrics.precision,
      false_positive_rate: falsePositiveRate(metrics),
      cost: expectedCost(metrics, this.model.get("costs")),
      precision_of_all_alerts: metrics.reviewed?.precision ?? NaN,
    };
    const axes = this.model.get("point_axes");
    if (axes.length !== this.points.length) return; // others are being looked up
    this.points.forEach((point, i) => {
      const [x, y] = axes[i].map((name) => values[name]);
      const defined = Number.isFinite(x) && Number.isFinite(y);
      point.set_state({
        x: Float64Array.from(defined ? [x] : []),
        y: Float64Array.from(defined ? [y] : []),
      });
    });
  }
}
