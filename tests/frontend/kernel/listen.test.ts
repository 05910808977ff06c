import assert from "node:assert/strict";
import { test } from "node:test";
import { listen } from "../../../vae_widgets/frontend/src/kernel/listen.ts";

/** A model whose traits change when they are triggered. */
function makeModel() {
  const events: [string, () => void][] = [];
  return {
    on: (name: string, run: () => void) => events.push([name, run]),
    off(name: string, run: () => void) {
      const at = events.findIndex(([n, r]) => n === name && r === run);
      assert.ok(at >= 0, `${name} was not bound`);
      events.splice(at, 1);
    },
    trigger: (name: string) => events.filter(([n]) => n === name).forEach(([, run]) => run()),
    count: () => events.length,
  };
}

test("each trait runs its own binding, until it is stopped", () => {
  const model = makeModel();
  const ran: string[] = [];
  const both = () => ran.push("both");
  const stop = listen(model as any, { value: () => ran.push("value"), low: both, high: both });
  for (const name of ["value", "high", "other", "low", "value"]) model.trigger(`change:${name}`);
  assert.deepEqual(ran, ["value", "both", "both", "value"]);
  stop();
  assert.equal(model.count(), 0);
});

test("two views of a model stop by themselves", () => {
  const model = makeModel();
  const ran: number[] = [];
  const stops = [0, 1].map((view) => listen(model as any, { value: () => ran.push(view) }));
  stops[0]();
  model.trigger("change:value");
  assert.deepEqual(ran, [1]);
});
