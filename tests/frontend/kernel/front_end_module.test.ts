import assert from "node:assert/strict";
import { test } from "node:test";
import { findModel, frontEndModule, setHere } from "../../../vae_widgets/frontend/src/kernel/front_end_module.ts";

const el = {} as HTMLElement;

function counted() {
  const seen = { shown: 0, ended: 0 };
  const module = frontEndModule(() => {
    seen.shown++;
    return () => void seen.ended++;
  });
  return { module, seen };
}

test("a view ends once, by the signal, by the cleanup, or by both", () => {
  for (const [aborts, calls] of [[true, false], [false, true], [true, true]]) {
    const { module, seen } = counted();
    const controller = new AbortController();
    const end = module.render({ model: {} as any, el, signal: controller.signal });
    assert.deepEqual(seen, { shown: 1, ended: 0 });
    if (aborts) controller.abort();
    if (calls) end();
    assert.deepEqual(seen, { shown: 1, ended: 1 });
  }
});

test("a view whose host has ended it already is not drawn, and none is needed of a host", () => {
  const { module, seen } = counted();
  module.render({ model: {} as any, el, signal: AbortSignal.abort() })();
  assert.deepEqual(seen, { shown: 0, ended: 0 });
  module.render({ model: {} as any, el })();
  assert.deepEqual(seen, { shown: 1, ended: 1 });
});

test("another model is found by the widget manager, by the host, or not at all", async () => {
  const [other, hosted] = [{ name: "other" }, { name: "hosted" }];
  const manager = { get_model: async (id: string) => (id === "a1" ? other : Promise.reject(new Error("unknown"))) };
  const host = { getModel: async (ref: string) => (ref === "anywidget:b2" ? hosted : Promise.reject(new Error("unknown"))) };
  const bare = {
    get widget_manager() {
      throw new Error("not supported");
    },
  };
  assert.equal(await findModel({ widget_manager: manager } as any, "IPY_MODEL_a1"), other);
  assert.equal(await findModel({ widget_manager: manager } as any, "c3"), null);
  assert.equal(await findModel(bare as any, "a1"), null);
  assert.equal(await findModel({} as any, "a1"), null);
  for (const model of [bare, { widget_manager: manager }] as any[]) {
    counted().module.render({ model, el, host: host as any });
    assert.equal(await findModel(model, "IPY_MODEL_b2"), hosted);
    assert.equal(await findModel(model, "c3"), null);
  }
});

test("traits that a page sets for itself are not sent where the host can do that", () => {
  const calls: unknown[] = [];
  const set = (name: string, value: unknown) => calls.push([name, value]);
  setHere({ set, set_state: (values: object) => calls.push(values) } as any, { x: 1 });
  setHere({ set } as any, { x: 1, y: 2 });
  assert.deepEqual(calls, [{ x: 1 }, ["x", 1], ["y", 2]]);
});
