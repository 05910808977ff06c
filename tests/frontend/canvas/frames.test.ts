import assert from "node:assert/strict";
import { test } from "node:test";
import { frameOf, valueOf } from "../../../vae_widgets/frontend/src/canvas/frames.ts";

test("frames are the nearest ones and their positions exact", () => {
  assert.equal(frameOf(0, 64), 0);
  assert.equal(frameOf(1, 64), 63);
  assert.equal(frameOf(0.5 + 1e-9, 64), 32);
  assert.equal(frameOf(0.5 - 1e-9, 64), 31);
  for (let frame = 0; frame < 64; frame++) assert.equal(frameOf(valueOf(frame, 64), 64), frame);
  assert.equal(valueOf(-1, 64), 0);
  assert.equal(valueOf(64, 64), 1);
});
