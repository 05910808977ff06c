import assert from "node:assert/strict";
import { test } from "node:test";
import type { Axis } from "../../../vae_widgets/frontend/src/curve_plot/description.ts";
import { scaleOf } from "../../../vae_widgets/frontend/src/curve_plot/scale.ts";

const AXIS: Axis = { label: "x", domain: [null, null], scale: "linear", ticks: null, tick_format: "~g", padding: 0 };
const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9 * Math.max(1, Math.abs(b)), `${a} is not ${b}`);

test("a linear axis ends with its data, inside of the air and the padding", () => {
  const scale = scaleOf({ ...AXIS, padding: 0.1 }, [[3, NaN, 1], [2]], 100, 0, 5);
  assert.deepEqual([scale.low, scale.high], [1, 3]);
  close(scale.place(1), 85);
  close(scale.place(3), 15);
  close(scale.valueAt(50), 2);
  assert.deepEqual(scale.ticks.map(({ text }) => text), ["1", "1.2", "1.4", "1.6", "1.8", "2", "2.2", "2.4", "2.6", "2.8", "3"]);
});

test("a log axis has each decade at the same distance, and leaves out what has no logarithm", () => {
  const scale = scaleOf({ ...AXIS, scale: "log" }, [[-1, 0, 0.01, 100]], 0, 400, 0);
  assert.deepEqual(scale.ticks.map(({ at, text }) => [Math.round(at), text]), [[0, "0.01"], [100, "0.1"], [200, "1"], [300, "10"], [400, "100"]]);
  close(scale.valueAt(250), Math.sqrt(10));
});

test("axes of one value, of none and of the largest numbers have places", () => {
  close(scaleOf(AXIS, [[7, 7]], 0, 100, 0).place(7), 50);
  assert.deepEqual([scaleOf(AXIS, [[]], 0, 100, 0).low, scaleOf(AXIS, [[]], 0, 100, 0).high], [0, 1]);
  const vast = scaleOf({ ...AXIS, domain: [-1.7e308, 1.7e308] }, [], 0, 100, 0);
  close(vast.place(0), 50);
  assert.deepEqual(vast.ticks.length, 1);
});

test("ticks that are given stay, where the axis shows them", () => {
  const scale = scaleOf({ ...AXIS, domain: [0, 1], ticks: [-1, 0, 0.5, 1, 2] }, [], 0, 100, 0);
  assert.deepEqual(scale.ticks.map(({ at }) => at), [0, 50, 100]);
});
