import assert from "node:assert/strict";
import { test } from "node:test";
import { MARKS } from "../../../../vae_widgets/frontend/src/canvas/palette.ts";
import { discRadius, drawDiscs, makeStamp } from "../../../../vae_widgets/frontend/src/latent_scatter/plot/discs.ts";

const blank = (width: number, height: number) => ({
  data: new Uint8ClampedArray(4 * width * height),
  width,
  height,
});
const one = {
  scaleX: 1,
  scaleY: 1,
  offsetX: 0,
  offsetY: 0,
  levels: Int16Array.of(0, 1),
  colours: Uint8Array.of(200, 10, 20, 0, 100, 250),
  radius: 2,
  opacity: 1,
};

test("a stamp of any shape covers the area of its disc", () => {
  for (const radius of [1, 1.8, 3.5, 7]) {
    MARKS.forEach((mark, i) => {
      const area = makeStamp(radius, 1, i).reduce((sum, a) => sum + a, 0) / 255;
      const error = Math.abs(area / (Math.PI * radius ** 2) - 1);
      assert.ok(error < (mark === "disc" ? 0.1 : radius < 2 ? 0.35 : 0.15), `${mark} of ${radius}: ${area}`);
    });
  }
});

test("shapes are what their names say, upright and in the middle", () => {
  const rows = (mark: (typeof MARKS)[number]) => {
    const stamp = makeStamp(4, 1, MARKS.indexOf(mark), 6);
    return Array.from({ length: 13 }, (_, y) =>
      Array.from({ length: 13 }, (_, x) => (stamp[13 * y + x] > 127 ? "#" : ".")).join(""),
    );
  };
  for (const mark of MARKS) {
    const shape = rows(mark);
    for (const row of shape) assert.equal([...row].reverse().join(""), row, mark);
    const widths = shape.map((row) => row.split("#").length - 1).filter(Boolean);
    if (mark === "square") assert.equal(new Set(widths).size, 1);
    else if (mark === "triangle") assert.deepEqual(widths, widths.toSorted((a, b) => a - b));
    else assert.deepEqual(shape.toReversed(), shape, mark);
    if (mark === "diamond") assert.ok(widths[0] < 3 && widths[widths.length >> 1] > 8);
  }
  assert.match(rows("cross")[2], /#\.+#/); // two arms at the top, one place in the middle
});

test("marks give each level its shape, and the rest of the picture stays free", () => {
  const pixels = blank(30, 15);
  const marks = Uint8Array.of(1, 2);
  const shown = { ...one, marks, radius: 4, positions: Float32Array.of(7.5, 7.5, 22.5, 7.5) };
  drawDiscs(pixels, shown);
  const alpha = (x: number, y: number) => pixels.data[4 * (30 * y + x) + 3];
  assert.equal(alpha(7 + 3, 7 - 3), 255); // a corner of the square, outside of a disc
  assert.equal(alpha(22 + 3, 7 - 3), 0); // beside the tip of the triangle
  assert.ok(alpha(22, 7 - 5) > 0);
});

test("an outline is a shape without the shape of its hole", () => {
  MARKS.forEach((name, mark) => {
    const [ring, outer, hole] = [makeStamp(5, 1, mark, 9, 3), makeStamp(5, 1, mark, 9), makeStamp(3, 1, mark, 9)];
    assert.ok(ring.every((a, i) => Math.abs(a - (outer[i] - hole[i])) <= 1), name);
    assert.ok(ring.some((a) => a > 200), name);
  });
});

test("a disc has its colour in the middle and nothing outside", () => {
  const pixels = blank(11, 9);
  drawDiscs(pixels, { ...one, positions: Float32Array.of(5.5, 4.5) });
  const at = (x: number, y: number) => [...pixels.data.slice(4 * (11 * y + x), 4 * (11 * y + x) + 4)];
  assert.deepEqual(at(5, 4), [200, 10, 20, 255]);
  assert.deepEqual(at(7, 4), [200, 10, 20, 128]);
  assert.deepEqual(at(8, 4), [0, 0, 0, 0]);
  assert.deepEqual(at(5, 1), [0, 0, 0, 0]);
});

test("scale and offset place the disc", () => {
  const pixels = blank(20, 20);
  drawDiscs(pixels, {
    ...one,
    positions: Float32Array.of(1, -1),
    scaleX: 4,
    scaleY: -5,
    offsetX: 3.5,
    offsetY: 2.5,
  });
  assert.equal(pixels.data[4 * (20 * 7 + 7) + 3], 255);
});

test("half-transparent discs mix as source over", () => {
  const pixels = blank(9, 9);
  drawDiscs(pixels, { ...one, opacity: 0.5, positions: Float32Array.of(4.5, 4.5, 4.5, 4.5) });
  const [r, g, b, a] = pixels.data.slice(4 * (9 * 4 + 4));
  const alpha = 128 / 255;
  const total = alpha + alpha * (1 - alpha);
  const mix = (below: number, above: number) =>
    (above * alpha + below * alpha * (1 - alpha)) / total;
  assert.ok(Math.abs(a - 255 * total) <= 1);
  for (const [got, below, above] of [[r, 200, 0], [g, 10, 100], [b, 20, 250]]) {
    assert.ok(Math.abs(got - mix(below, above)) <= 1.5, `${got}`);
  }
});

test("hidden discs, and those not asked for, are not drawn", () => {
  const pixels = blank(9, 9);
  const positions = Float32Array.of(4.5, 4.5, 4.5, 4.5);
  drawDiscs(pixels, { ...one, positions, levels: Int16Array.of(-1, -1) });
  drawDiscs(pixels, { ...one, positions, which: new Uint32Array(0) });
  assert.ok(pixels.data.every((value) => value === 0));
  drawDiscs(pixels, { ...one, positions, which: Uint32Array.of(1) });
  assert.deepEqual([...pixels.data.slice(4 * 40, 4 * 40 + 3)], [0, 100, 250]);
});

test("discs at and beyond the rim, or nowhere, do not wrap around", () => {
  const pixels = blank(8, 8);
  const far = [-1, 4, 1e9, 1e9, -1e9, 4, NaN, 4, Infinity, 4];
  drawDiscs(pixels, {
    ...one,
    positions: Float32Array.from(far),
    levels: new Int16Array(5),
  });
  for (let y = 0; y < 8; y++) {
    for (let x = 2; x < 8; x++) assert.equal(pixels.data[4 * (8 * y + x) + 3], 0);
  }
});

test("more points are drawn smaller, within bounds", () => {
  assert.equal(discRadius(1), 4.5);
  assert.equal(discRadius(1000), 3.5);
  assert.equal(discRadius(10_000_000), 1);
});
