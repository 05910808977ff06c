import assert from "node:assert/strict";
import { test } from "node:test";
import { cardBeside } from "../../../vae_widgets/frontend/src/canvas/geometry.ts";

test("a card never covers its point, and stays in the frame where it can", () => {
  for (const frame of [{ width: 500, height: 400 }, { width: 320, height: 300 }, { width: 120, height: 90 }]) {
    for (const card of [{ width: 100, height: 60 }, { width: 250, height: 160 }, { width: 300, height: 390 }]) {
      for (let x = 0; x <= frame.width; x += 10) {
        for (let y = 0; y <= frame.height; y += 10) {
          const at = cardBeside({ x, y }, card, frame, 14);
          const gap = Math.max(at.x - x, x - at.x - card.width, at.y - y, y - at.y - card.height);
          assert.ok(gap >= 14, `${x}, ${y}: ${JSON.stringify(at)}`);
          const fits = card.width < frame.width / 2 - 14 && card.height < frame.height;
          const inside =
            at.x >= 0 && at.y >= 0 && at.x + card.width <= frame.width && at.y + card.height <= frame.height;
          assert.ok(inside || !fits, `${x}, ${y}: ${JSON.stringify(at)}`);
        }
      }
    }
  }
});
