import assert from "node:assert/strict";
import { test } from "node:test";
import { contour, radiusOf } from "../../../../vae_widgets/frontend/src/latent_scatter/plot/gaussian.ts";

test("radii are the roots of chi-squared quantiles with two degrees of freedom", () => {
  // R: sqrt(qchisq(c(0.5, 0.9, 0.99), 2))
  const known = [1.17741, 2.145966, 3.034854];
  [0.5, 0.9, 0.99].forEach((p, i) => assert.ok(Math.abs(radiusOf(p) - known[i]) < 1e-5));
});

test("every corner of a contour has the Mahalanobis distance of its probability", () => {
  const [xx, xy, yy] = [2, -0.9, 0.7];
  const determinant = xx * yy - xy * xy;
  const corners = contour({ x: 3, y: -1 }, [xx, xy, xy, yy], 0.9);
  for (const corner of corners) {
    const [x, y] = [corner.x - 3, corner.y + 1];
    const squared = (yy * x * x - 2 * xy * x * y + xx * y * y) / determinant;
    assert.ok(Math.abs(Math.sqrt(squared) - radiusOf(0.9)) < 1e-9);
  }
  // All around, with the area pi r^2 sqrt(det) but for the flat sides.
  const area = corners.reduce((sum, p, i) => {
    const q = corners[(i + 1) % corners.length];
    return sum + (p.x * q.y - q.x * p.y) / 2;
  }, 0);
  const round = Math.PI * radiusOf(0.9) ** 2 * Math.sqrt(determinant);
  assert.ok(Math.abs(area / round - 1) < 0.002);
});

test("a covariance without extent is a point or a line", () => {
  for (const corner of contour({ x: 1, y: 2 }, [0, 0, 0, 0], 0.5)) assert.deepEqual(corner, { x: 1, y: 2 });
  for (const { x } of contour({ x: 1, y: 2 }, [0, 0, 0, 4], 0.5)) assert.equal(x, 1);
});
