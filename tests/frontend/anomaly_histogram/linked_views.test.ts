import assert from "node:assert/strict";
import { test } from "node:test";
import { measure } from "../../../vae_widgets/frontend/src/anomaly_histogram/counts.ts";
import { LinkedViews } from "../../../vae_widgets/frontend/src/anomaly_histogram/linked_views.ts";

test("a model that is not in the page does not keep the others from following", async () => {
  const states: Record<string, Record<string, any>> = { point: {}, scatter: { threshold: 0 } };
  const models = Object.entries(states).map(([id, state]) => {
    const found = { get: (name: string) => state[name], set_state: (change: object) => Object.assign(state, change) };
    return [id, found] as const;
  });
  const values: Record<string, unknown> = {
    operating_points: ["IPY_MODEL_closed", "IPY_MODEL_point"],
    followers: ["IPY_MODEL_closed", "IPY_MODEL_scatter"],
    outlined: ["IPY_MODEL_closed"],
    point_axes: [["recall", "precision"], ["threshold", "cost"]],
    costs: [1, 1, 0, 0],
  };
  const get_model = async (id: string) => {
    const found = new Map(models).get(id);
    if (!found) throw new Error("widget model not found");
    return found;
  };
  const views = new LinkedViews({ get: (name: string) => values[name], widget_manager: { get_model } } as any);
  await views.find();
  views.follow(3, 0);
  views.move(3, measure([1, 3], [4, 4])); // of 4 normal and 4 anomalous scores, 1 and 3 are flagged
  assert.equal(states.scatter.threshold, 3);
  assert.deepEqual([states.point.x, states.point.y].map((one) => [...one]), [[3], [2 / 8]]);
});
