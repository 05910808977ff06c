import assert from "node:assert/strict";
import { test } from "node:test";
import { isoline } from "../../../../vae_widgets/frontend/src/latent_scatter/plot/isoline.ts";

/** Values of f on a grid of columns and rows. */
function sampled(columns: number, rows: number, f: (x: number, y: number) => number): Float32Array {
  return Float32Array.from({ length: columns * rows }, (_, i) => f(i % columns, Math.floor(i / columns)));
}

test("the level of a cone is a circle, closed, of the right length", () => {
  const cone = sampled(41, 31, (x, y) => -Math.hypot(x - 20, y - 15));
  const segments = isoline(cone, 41, -9.5);
  let length = 0;
  const ends = new Map<string, number>();
  for (let i = 0; i < segments.length; i += 4) {
    const [xa, ya, xb, yb] = segments.slice(i, i + 4);
    length += Math.hypot(xb - xa, yb - ya);
    for (const [x, y] of [[xa, ya], [xb, yb]]) {
      assert.ok(Math.abs(Math.hypot(x - 20, y - 15) - 9.5) < 0.02);
      const end = `${x.toFixed(4)} ${y.toFixed(4)}`;
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
  }
  assert.ok(Math.abs(length / (2 * Math.PI * 9.5) - 1) < 0.01);
  assert.ok([...ends.values()].every((count) => count === 2), "every end meets another");
});

test("a line crosses exactly where it is", () => {
  assert.deepEqual(isoline(sampled(3, 2, (x) => x), 3, 1.25), [1.25, 0, 1.25, 1]);
});

test("at a saddle the middle says what belongs together", () => {
  // Corners 1 and 3 of the cell are low; the middle is high, so the high corners are joined.
  const joined = isoline(Float32Array.of(3, 0, 0, 3), 2, 1);
  const apart = isoline(Float32Array.of(3, 0, 0, 3), 2, 2);
  const near = (segments: number[]) =>
    [0, 4].map((i) => (segments[i] + segments[i + 2]) / 2 + (segments[i + 1] + segments[i + 3]) / 2);
  // The middles of the segments lie beside the low corners (1, 0) and (0, 1), or the high ones.
  assert.ok(near(joined).every((sum) => Math.abs(sum - 1) < 1e-6));
  assert.ok(near(apart).every((sum) => Math.abs(sum - 1) > 0.5));
});

test("nothing crosses: nothing to draw", () => {
  assert.deepEqual(isoline(new Float32Array(12), 4, 1), []);
});
