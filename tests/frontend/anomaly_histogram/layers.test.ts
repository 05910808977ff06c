import assert from "node:assert/strict";
import test from "node:test";
import { spread } from "../../../vae_widgets/frontend/src/anomaly_histogram/layers.ts";

test("boxes that overlap are moved apart, and others stay", () => {
  assert.deepEqual(spread([50, 200, 400], [40, 40, 40], 500), [50, 200, 400]);
  const widths = [30, 40, 50];
  for (const wanted of [
    [100, 101, 102],
    [1, 2, 3],
    [298, 299, 300],
    [100, 100, 290],
  ]) {
    const places = spread(wanted, widths, 300);
    const starts = places.map((at, i) => at - widths[i] / 2);
    const ends = places.map((at, i) => at + widths[i] / 2);
    assert.ok(starts[0] >= 0 && ends[2] <= 300);
    assert.ok(ends[0] <= starts[1] && ends[1] <= starts[2]);
  }
});
