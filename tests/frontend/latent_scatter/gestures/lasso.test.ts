import assert from "node:assert/strict";
import { test } from "node:test";
import { combine, insidePolygon, nearestPoint } from "../../../../vae_widgets/frontend/src/latent_scatter/gestures/lasso.ts";

/** Pseudo-random numbers in [0, 1), the same in every run. */
function random(seed: number): () => number {
  return () => {
    seed = (seed * 1664525 + 1013904223) % 2 ** 32;
    return seed / 2 ** 32;
  };
}

const next = random(1);
const cloud = Float32Array.from({ length: 4000 }, () => 4 * next() - 2);

function where(test: (x: number, y: number, i: number) => boolean): number[] {
  const found = [];
  for (let i = 0; i < cloud.length / 2; i++) {
    if (test(cloud[2 * i], cloud[2 * i + 1], i)) found.push(i);
  }
  return found;
}

test("a triangle holds the points on the inner side of its three edges", () => {
  const [a, b, c] = [{ x: -1, y: -1 }, { x: 1.5, y: -0.5 }, { x: 0, y: 1.5 }];
  const left = (p: typeof a, q: typeof a, x: number, y: number) =>
    (q.x - p.x) * (y - p.y) - (q.y - p.y) * (x - p.x) > 0;
  const expected = where((x, y) => left(a, b, x, y) && left(b, c, x, y) && left(c, a, x, y));
  assert.ok(expected.length > 100);
  assert.deepEqual([...insidePolygon(cloud, [a, b, c])], expected);
  assert.deepEqual([...insidePolygon(cloud, [c, b, a])], expected);
});

test("100 random polygons hold what they hold by angles summed around each point", () => {
  // A point is inside by the even-odd rule where the outline winds around it an odd number of
  // times: another way to count than by crossings. Outlines cross themselves.
  for (let k = 0; k < 100; k++) {
    const polygon = Array.from({ length: 3 + (k % 20) }, () => ({ x: 4 * next() - 2, y: 4 * next() - 2 }));
    const winds = (x: number, y: number) => {
      const sum = polygon.reduce((total, p, i) => {
        const q = polygon[(i + 1) % polygon.length];
        const [ax, ay, bx, by] = [p.x - x, p.y - y, q.x - x, q.y - y];
        return total + Math.atan2(ax * by - ay * bx, ax * bx + ay * by);
      }, 0);
      return Math.round(sum / (2 * Math.PI));
    };
    const expected = where((x, y) => Math.abs(winds(x, y)) % 2 === 1);
    assert.ok(expected.length > 0);
    assert.deepEqual([...insidePolygon(cloud, polygon)], expected);
  }
});

test("a bay in the outline is outside", () => {
  const u = [[-1, -1], [1, -1], [1, 1], [0.5, 1], [0.5, -0.5], [-0.5, -0.5], [-0.5, 1], [-1, 1]];
  const polygon = u.map(([x, y]) => ({ x, y }));
  const inBox = (x: number, y: number) => Math.abs(x) < 1 && Math.abs(y) < 1;
  const inBay = (x: number, y: number) => Math.abs(x) < 0.5 && y > -0.5;
  assert.deepEqual([...insidePolygon(cloud, polygon)], where((x, y) => inBox(x, y) && !inBay(x, y)));
});

test("hidden points are not found", () => {
  const all = [{ x: -3, y: -3 }, { x: 3, y: -3 }, { x: 3, y: 3 }, { x: -3, y: 3 }];
  const even = (i: number) => i % 2 === 0;
  assert.deepEqual([...insidePolygon(cloud, all, even)], where((_x, _y, i) => even(i)));
});

test("a click or a line encloses nothing", () => {
  assert.equal(insidePolygon(cloud, []).length, 0);
  assert.equal(insidePolygon(cloud, [{ x: 0, y: 0 }, { x: 1, y: 1 }]).length, 0);
});

test("the nearest point is nearest in pixels, not in units", () => {
  const points = Float32Array.of(1, 0, 0, 2);
  const at = { x: 0, y: 0 };
  assert.equal(nearestPoint(points, at, 1, 1), 0);
  assert.equal(nearestPoint(points, at, 10, 1), 1);
  assert.equal(nearestPoint(points, at, 10, -1), 1);
});

test("nearest agrees with sorting by distance, among the visible", () => {
  for (let k = 0; k < 50; k++) {
    const at = { x: 4 * next() - 2, y: 4 * next() - 2 };
    const distance = (i: number) => Math.hypot(cloud[2 * i] - at.x, cloud[2 * i + 1] - at.y);
    const odd = where((_x, _y, i) => i % 2 === 1).sort((i, j) => distance(i) - distance(j));
    assert.equal(nearestPoint(cloud, at, 1, 1, (i) => i % 2 === 1), odd[0]);
  }
});

test("without a visible point none is nearest, and points without a place are skipped", () => {
  assert.equal(nearestPoint(cloud, { x: 0, y: 0 }, 1, 1, () => false), -1);
  assert.equal(nearestPoint(Float32Array.of(NaN, 0, 5, 5, 0, NaN), { x: 0, y: 0 }, 1, 1), 1);
});

test("of two points at one place the one drawn on top is meant", () => {
  assert.equal(nearestPoint(Float32Array.of(1, 1, 1, 1), { x: 1, y: 1 }, 1, 1), 1);
});

test("selections are replaced, joined and cut, and stay sorted as numbers", () => {
  const old = Uint32Array.of(2, 9, 100);
  const found = Uint32Array.of(9, 10);
  assert.deepEqual([...combine(old, found, "replace")], [9, 10]);
  assert.deepEqual([...combine(old, found, "add")], [2, 9, 10, 100]);
  assert.deepEqual([...combine(old, found, "remove")], [2, 100]);
});
