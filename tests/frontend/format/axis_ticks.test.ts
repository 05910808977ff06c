import assert from "node:assert/strict";
import { test } from "node:test";
import { linearTicks, logTicks } from "../../../vae_widgets/frontend/src/format/axis_ticks.ts";
import { plain } from "../../../vae_widgets/frontend/src/format/numbers.ts";

const shown = (ticks: number[]) => ticks.map((tick) => plain(tick));

test("linear ticks are round and inside", () => {
  assert.deepEqual(shown(linearTicks(0.03, 1.01, 5)), ["0.2", "0.4", "0.6", "0.8", "1"]);
  assert.deepEqual(linearTicks(-1, 1, 4), [-1, -0.5, 0, 0.5, 1]);
  assert.deepEqual(linearTicks(0, 3, 10, 1), [0, 1, 2, 3]); // counts are whole
  assert.deepEqual(linearTicks(5, 5, 4), [5]);
});

test("log ticks are powers of ten, not too many", () => {
  assert.deepEqual(logTicks(1500, 5), [1, 10, 100, 1000]);
  assert.deepEqual(logTicks(1, 5), [1]);
  assert.deepEqual(logTicks(1e7, 4), [1, 100, 1e4, 1e6]);
});
