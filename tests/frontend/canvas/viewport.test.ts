import assert from "node:assert/strict";
import { test } from "node:test";
import { formatNumber, formatTicks } from "../../../vae_widgets/frontend/src/format/numbers.ts";
import { toBounds, toEdges, Viewport } from "../../../vae_widgets/frontend/src/canvas/viewport.ts";

const box = { left: 40, top: 10, width: 200, height: 100 };
const viewport = new Viewport({ x0: -1, x1: 3, y0: 5, y1: 10 }, box);

function near(a: { x: number; y: number }, b: { x: number; y: number }): void {
  assert.ok(Math.hypot(a.x - b.x, a.y - b.y) < 1e-9, `${JSON.stringify(a)}, ${JSON.stringify(b)}`);
}

test("corners of the plane are corners of the box, y upwards", () => {
  near(viewport.toScreen(-1, 10), { x: 40, y: 10 });
  near(viewport.toScreen(3, 5), { x: 240, y: 110 });
  near(viewport.toScreen(1, 7.5), { x: 140, y: 60 });
});

test("to the plane and back", () => {
  for (const at of [{ x: 40, y: 10 }, { x: 77.5, y: 93 }, { x: 300, y: -20 }]) {
    const { x, y } = viewport.toPlane(at);
    near(viewport.toScreen(x, y), at);
  }
});

test("zooming leaves the place under the pointer and scales the rest", () => {
  const at = { x: 70, y: 35 };
  const zoomed = new Viewport(viewport.zoomed(at, 4), box);
  near(zoomed.toPlane(at), viewport.toPlane(at));
  assert.ok(Math.abs(zoomed.scaleX - 4 * viewport.scaleX) < 1e-9);
  assert.ok(Math.abs(zoomed.scaleY - 4 * viewport.scaleY) < 1e-9);
});

test("panning moves what was under the pointer along with it", () => {
  const panned = new Viewport(viewport.panned(30, -12), box);
  near(panned.toPlane({ x: 100 + 30, y: 50 - 12 }), viewport.toPlane({ x: 100, y: 50 }));
});

test("the box holds its rim and nothing beyond", () => {
  assert.ok(viewport.contains({ x: 40, y: 110 }));
  assert.ok(!viewport.contains({ x: 39, y: 60 }));
  assert.ok(!viewport.contains({ x: 100, y: 111 }));
});

test("ticks have the decimals of their step and a real minus sign", () => {
  assert.deepEqual(formatTicks([-0.5, 0, 0.5]), ["\u22120.5", "0.0", "0.5"]);
  assert.deepEqual(formatTicks([-1, 0, 1]), ["\u22121", "0", "1"]);
  assert.deepEqual(formatTicks([0.12, 0.14]), ["0.12", "0.14"]);
  assert.deepEqual(formatTicks([-5e11, 0, 5e11, 1e12]), ["\u22125e11", "0", "5e11", "1.0e12"]);
  assert.deepEqual(formatTicks([1_000_000, 1_000_020]), ["1000000", "1000020"]);
  assert.deepEqual(formatTicks([1e-310, 2e-310]), ["1e\u2212310", "2e\u2212310"]);
  assert.deepEqual(formatTicks([1.5, 1.500005, 1.50001]), ["1.500000", "1.500005", "1.500010"]);
  assert.deepEqual(formatTicks([0.25]), ["0.25"]);
  assert.deepEqual(formatTicks([]), []);
});

test("numbers have digits that the picture can tell apart", () => {
  assert.equal(formatNumber(1.23456, 4), "1.23");
  assert.equal(formatNumber(-12.3456, 400), "\u221212");
  assert.equal(formatNumber(0.0123456, 0.05), "0.0123");
  assert.equal(formatNumber(-0.0001, 4), "0.00");
  assert.equal(formatNumber(0.5000012, 2e-5), "0.5000012");
  assert.equal(formatNumber(123456, 1000), "123456");
  assert.equal(formatNumber(-1.7e11, 1.5e12), "\u22121.7e11");
  assert.equal(formatNumber(0.000_001_234, 0), "1.23e\u22126");
  assert.equal(formatNumber(0, 0), "0.00");
});

test("bounds travel as four edges", () => {
  assert.deepEqual(toBounds(toEdges(viewport.bounds)), viewport.bounds);
});

test("a place outside the box moves to its rim", () => {
  assert.deepEqual(viewport.clamp({ x: 77, y: 93 }), { x: 77, y: 93 });
  assert.deepEqual(viewport.clamp({ x: -5, y: 60 }), { x: 40, y: 60 });
  assert.deepEqual(viewport.clamp({ x: 300, y: 200 }), { x: 240, y: 110 });
});
