import assert from "node:assert/strict";
import { test } from "node:test";
import { Viewport } from "../../../../vae_widgets/frontend/src/canvas/viewport.ts";
import { SampleFinder } from "../../../../vae_widgets/frontend/src/latent_scatter/gestures/sample_finder.ts";

// 100 pixels per unit along x, 50 along y.
const viewport = new Viewport(
  { x0: 0, x1: 4, y0: 0, y1: 4 },
  { left: 10, top: 20, width: 400, height: 200 },
);

/** Samples at the corners of a unit square, in units of the plane; `hidden` ones are not drawn. */
function finder({ hidden = [] as number[], dims = [0, 1] } = {}) {
  const levels = Int16Array.from([0, 1, 2, 3], (i) => (hidden.includes(i) ? -1 : i));
  const positions = Float32Array.of(1, 1, 2, 1, 1, 2, 2, 2);
  const plot = { viewport, radius: 3, scene: { positions, levels } };
  return new SampleFinder({ get: () => dims } as any, plot as any);
}

test("the nearest sample is nearest in pixels, and is drawn", () => {
  // 60 pixels from sample 0 along x, 45 from sample 2 along y.
  const place = { x: 1, y: 1.1 };
  assert.equal(finder().nearestTo(place), 0);
  assert.equal(finder({ hidden: [0] }).nearestTo(place), 2);
  assert.equal(finder({ hidden: [0, 2] }).nearestTo(place), 1);
  assert.equal(finder({ hidden: [0, 1, 2, 3] }).nearestTo(place), -1);
});

test("on a line the jitter along y does not count", () => {
  const place = { x: 1.9, y: 40 };
  assert.equal(finder({ dims: [0], hidden: [3] }).nearestTo(place), 1);
  assert.equal(finder({ hidden: [3] }).nearestTo({ x: 1.9, y: 4 }), 2);
});

test("a sample is hit within its disc and a margin, inside the plot", () => {
  const { x, y } = viewport.toScreen(2, 1);
  const { at } = { at: (place: { x: number; y: number }) => finder().at(place) };
  assert.equal(at({ x: x + 7.9, y }), 1);
  assert.equal(at({ x: x + 8.1, y }), -1);
  assert.equal(finder({ hidden: [1] }).at({ x, y }), -1);
  const corner = new Viewport({ x0: 2.01, x1: 6, y0: 0, y1: 4 }, viewport.box);
  const outside = corner.toScreen(2, 1);
  const plot = { viewport: corner, radius: 3, scene: { positions: Float32Array.of(2, 1), levels: Int16Array.of(0) } };
  assert.equal(new SampleFinder({ get: () => [0, 1] } as any, plot as any).at(outside), -1);
});

test("a shape in pixels finds the drawn samples inside it", () => {
  const corners = [[0.5, 0.5], [2.5, 0.5], [2.5, 1.5], [0.5, 1.5]];
  const shape = corners.map(([x, y]) => viewport.toScreen(x, y));
  assert.deepEqual([...finder().inside(shape)], [0, 1]);
  assert.deepEqual([...finder({ hidden: [0] }).inside(shape)], [1]);
});
