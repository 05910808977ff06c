import assert from "node:assert/strict";
import { test } from "node:test";
import { quantised, rendererOf, samplesOf, shapeOf, spread, type DataSet } from "../../../../vae_widgets/frontend/src/playground/data/data_set.ts";

const rows = [Float32Array.of(0, 10), Float32Array.of(5, 20), Float32Array.of(10, 10)];

test("features are brought to 0 to 1 by themselves, pixels together", () => {
  assert.deepEqual([...quantised(rows, false)], [0, 0, 128, 255, 255, 0]);
  assert.deepEqual([...quantised(rows, true)], [0, 128, 64, 255, 128, 128]);
});

test("a feature that never changes is 0", () => {
  assert.deepEqual([...quantised([Float32Array.of(3, 1), Float32Array.of(3, 2)], false)], [0, 0, 0, 255]);
});

test("square samples are images, others are drawn as lines", () => {
  assert.deepEqual(shapeOf(784), [28, 28]);
  assert.deepEqual(shapeOf(9), [9]);
  const data = (shape: number[]) => ({ shape }) as DataSet;
  assert.deepEqual([rendererOf(data([28, 28])).width, rendererOf(data([28, 28])).height], [28, 28]);
  assert.deepEqual([rendererOf(data([9])).width, rendererOf(data([9])).height], [64, 48]);
});

test("bytes are read as shares of the divisor", () => {
  const data = { values: Uint8Array.of(0, 4, 8, 16), size: 2, divisor: 16 } as DataSet;
  assert.deepEqual([...samplesOf(data, [1, 0])], [0.5, 1, 0, 0.25]);
});

test("samples are taken at equal distances", () => {
  assert.deepEqual([...spread(3, 9)], [0, 3, 6]);
  assert.deepEqual([...spread(5, 2)], [0, 1]);
});
