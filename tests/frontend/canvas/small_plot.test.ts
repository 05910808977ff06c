import assert from "node:assert/strict";
import { test } from "node:test";
import { cellBox, paddedLimits } from "../../../vae_widgets/frontend/src/canvas/small_plot.ts";

test("plots stand side by side, or one above the other where it is narrow", () => {
  assert.deepEqual(cellBox(720, 150, 2, 3), { left: 480, top: 0, width: 240, height: 150 });
  assert.deepEqual(cellBox(600, 450, 2, 3), { left: 0, top: 300, width: 600, height: 150 });
});

test("axes leave air around the values and hold what must be seen", () => {
  const [low, high] = paddedLimits([10, NaN, 20]);
  assert.ok(low < 10 && low > 9 && high > 20 && high < 21);
  assert.equal(paddedLimits([1, 2], [0])[0], 0);
  assert.deepEqual(paddedLimits([]), [0, 1]);
  const [below, above] = paddedLimits([5, 5]);
  assert.ok(below < 5 && above > 5);
});
