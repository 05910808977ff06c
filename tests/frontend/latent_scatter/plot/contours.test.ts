import assert from "node:assert/strict";
import { test } from "node:test";
import { Viewport } from "../../../../vae_widgets/frontend/src/canvas/viewport.ts";
import { drawPrior } from "../../../../vae_widgets/frontend/src/latent_scatter/plot/contours.ts";
import { radiusOf } from "../../../../vae_widgets/frontend/src/latent_scatter/plot/gaussian.ts";

Object.assign(globalThis, { Path2D: class { lineTo() {} closePath() {} } });

/** The names of the rings in a view around `center`, from -side to side. */
function namesIn(side: number, center: { x: number; y: number }) {
  const bounds = { x0: -side, x1: side, y0: -side, y1: side };
  const view = new Viewport(bounds, { left: 48, top: 8, width: 500, height: 360 });
  const context = { setLineDash() {}, stroke() {} } as unknown as CanvasRenderingContext2D;
  const named = drawPrior(context, {} as Parameters<typeof drawPrior>[1], view, center);
  return { view, named };
}

test("every ring of the prior that is seen has a name, on the ring and inside the plot", () => {
  // The 99 % ring has radius 3.03: its top is above the plot in all but the first view.
  for (const [side, y, count] of [[4, 0, 3], [2.6, 0, 3], [2.6, 1, 3], [4, -2, 3], [1.7, 0, 2]]) {
    const { view, named } = namesIn(side, { x: 0, y });
    assert.equal(named.length, count, `${side}, ${y}: ${JSON.stringify(named)}`);
    for (const { text, x, y: at, above } of named) {
      assert.ok(x > 48 + 30 && x < 548 - 30 && at - above > 8 + 12 && at - above < 368, text);
      const place = view.toPlane({ x, y: at });
      const radius = radiusOf(parseFloat(text) / 100);
      assert.ok(Math.abs(Math.hypot(place.x, place.y - y) - radius) < 1e-6, text);
    }
    for (const a of named) {
      const near = named.filter((b) => Math.abs(a.x - b.x) < 70 && Math.abs(a.y - b.y) < 12);
      assert.equal(near.length, 1, "names do not cover each other");
    }
  }
});
