import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decimalsFor,
  distance,
  withDecimals,
  paddedRange,
  row,
  zText,
} from "../../../vae_widgets/frontend/src/interpolation_slider/readout.ts";

test("rows and their distance", () => {
  const path = new Float32Array([0, 0, 3, 4, 6, 8]);
  assert.deepEqual([...row(path, 2, 1)], [3, 4]);
  assert.equal(distance(row(path, 2, 0), row(path, 2, 2)), 10);
});

test("decimals show three digits of the largest value, at least two", () => {
  const decimals = (...values: number[]) => decimalsFor(new Float32Array(values));
  assert.deepEqual(
    [decimals(0, 0), decimals(1, -2.5), decimals(-30), decimals(0.5, 0.01), decimals(0.04)],
    [2, 2, 2, 3, 4],
  );
});

test("numbers have a true minus sign", () => {
  assert.equal(withDecimals(-0.5, 2), "−0.50");
});

test("long vectors are cut", () => {
  assert.equal(zText(new Float32Array([1, -2]), 2), "z\u00a0=\u00a0(1.00, −2.00)");
  assert.equal(zText(new Float32Array(16), 3), "z\u00a0=\u00a0(0.000, 0.000, 0.000, …), 16\u00a0dimensions");
});

test("the range of values is never narrower than asked", () => {
  assert.deepEqual(paddedRange([3, -1, 2]), [-1, 3]);
  assert.deepEqual(paddedRange([3, -1, 2], 2), [-1, 3]);
  assert.deepEqual(paddedRange([5, 5], 1), [4.5, 5.5]);
});
