import assert from "node:assert/strict";
import { test } from "node:test";
import { distance, number, row, zText } from "../../vae_widgets/frontend/src/path_readout.ts";

test("rows and their distance", () => {
  const path = new Float32Array([0, 0, 3, 4, 6, 8]);
  assert.deepEqual([...row(path, 2, 1)], [3, 4]);
  assert.equal(distance(row(path, 2, 0), row(path, 2, 2)), 10);
});

test("numbers have sensible digits and a true minus sign", () => {
  assert.deepEqual([0, 1.234, -0.5, 0.01234, 123456].map(number), [
    "0.00",
    "1.23",
    "−0.50",
    "0.0123",
    "1.23e+5",
  ]);
});

test("long vectors are cut", () => {
  assert.equal(zText(new Float32Array([1, -2])), "z = (1.00, −2.00)");
  assert.equal(zText(new Float32Array(16)), "z = (0.00, 0.00, 0.00, … 16 dimensions)");
});
