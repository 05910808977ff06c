import assert from "node:assert/strict";
import test from "node:test";
import { ScoreCounts } from "../../../vae_widgets/frontend/src/anomaly_histogram/counts.ts";
import { Frame, spread } from "../../../vae_widgets/frontend/src/anomaly_histogram/layers.ts";

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

test("selected samples of two classes are not higher than the picture", () => {
  // At or above 0, 1 and 2: in the first bin 5 normal and 4 anomalous samples, in the second 1 and 0.
  const counts = new ScoreCounts(Float64Array.of(0, 1, 2), Uint32Array.of(6, 1, 0, 4, 0, 0), [6, 4], 1);
  const shown = { counts, percentiles: [], classNames: [], scoreName: "", lowest: 0, highest: 2 };
  for (const logCounts of [false, true]) {
    const frame = (selected: Uint32Array | null) =>
      new Frame({ ...shown, logCounts, selected }, 400, 300);
    const all = frame(Uint32Array.of(10, 1, 0));
    assert.ok(all.y(9) >= all.top && all.y(9) < all.y(5));
    // Where fewer are selected than the highest bar has, nothing moves.
    assert.equal(frame(Uint32Array.of(4, 0, 0)).y(5), frame(null).y(5));
    assert.ok(frame(null).y(9) < frame(null).top);
  }
});
