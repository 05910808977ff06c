import assert from "node:assert/strict";
import { test } from "node:test";
import { drawPath, hitPath } from "../../../../vae_widgets/frontend/src/latent_scatter/path/drawing.ts";
import { follow, withStop } from "../../../../vae_widgets/frontend/src/latent_scatter/path/geometry.ts";

const line = Array.from({ length: 64 }, (_, i) => ({ x: 10 * i, y: 0 }));

test("the nearest point of a straight path, however far the pointer went", () => {
  for (const from of [0, 20, 63]) {
    assert.equal(follow(line, from, { x: 304, y: 50 }), 30);
    assert.equal(follow(line, from, { x: -99, y: 5 }), 0);
    assert.equal(follow(line, from, { x: 9999, y: 5 }), 63);
  }
});

test("on a loop it goes round and does not jump", () => {
  const loop = Array.from({ length: 65 }, (_, i) => {
    const turn = (2 * Math.PI * i) / 64;
    return { x: 100 * Math.cos(turn), y: 100 * Math.sin(turn) };
  });
  // Start and end are the same place: from either, the own side is kept.
  assert.equal(follow(loop, 2, { x: 100, y: -1 }), 0);
  assert.equal(follow(loop, 62, { x: 100, y: 1 }), 64);
  assert.equal(follow(loop, 10, { x: 0, y: 120 }), 16);
});

test("a path that rests stays where it is", () => {
  const rest = Array.from({ length: 5 }, () => ({ x: 3, y: 3 }));
  assert.equal(follow(rest, 2, { x: 9, y: 9 }), 2);
});

test("a way-point that is dragged pulls the legs beside it straight, and no others", () => {
  const bent: [number, number][] = Array.from({ length: 9 }, (_, i) => [i, i * i]);
  const stops = [0, 2, 6, 8];
  const start = withStop(bent, stops, 0, [10, 20]);
  assert.deepEqual(start.slice(0, 3), [[10, 20], [6, 12], [2, 4]]);
  assert.deepEqual(start.slice(3), bent.slice(3));
  const end = withStop(bent, stops, 3, [0, 0]);
  assert.deepEqual(end.slice(6), [[6, 36], [3, 18], [0, 0]]);
  assert.deepEqual(end.slice(0, 6), bent.slice(0, 6));
  const middle = withStop(bent, stops, 1, [4, 0]);
  assert.deepEqual(middle.slice(0, 3), [[0, 0], [2, 0], [4, 0]]);
  assert.deepEqual(middle[4], [5, 18]);
  assert.deepEqual(middle.slice(6), bent.slice(6));
});

test("the point can be dragged, the way-points, and the ends by their names", () => {
  const picture = { path: line, frame: 0, stops: [0, 30, 63], guessed: false, newStart: null, right: 900 };
  const hit = (x: number, y: number, reach = 10, seen = () => true) =>
    hitPath(picture, { x, y }, reach, seen);
  assert.equal(hit(2, 3), "point"); // it lies on the start
  assert.equal(hit(20, -9), 0); // "start"
  assert.equal(hit(302, 5), 1);
  assert.equal(hit(630, -3), 2);
  assert.equal(hit(200, 0), null);
  assert.equal(hit(300, 15), null);
  assert.equal(hit(300, 15, 24), 1);
  assert.equal(hit(630, 0, 10, () => false), null);
  assert.equal(hit(660, -9), 2); // "end"
  picture.right = 650; // there is no room at the right of the end
  assert.equal(hit(660, -9), null);
  assert.equal(hit(600, -9), 2);
});

Object.assign(globalThis, { Path2D: class { moveTo() {} lineTo() {} closePath() {} arc() {} } });

test("way-points are named by the numbers of their keys, in order, between start and end", () => {
  const named: [string, number][] = [];
  const context = new Proxy({} as Record<string, unknown>, {
    get: (_, name) =>
      name === "fillText"
        ? (text: string, x: number) => named.push([text, x])
        : () => ({ actualBoundingBoxLeft: 0, actualBoundingBoxRight: 24 }),
  });
  const picture = { path: line, frame: 5, stops: [0, 20, 40, 63], guessed: false, newStart: null, right: 650 };
  const theme = { font: "serif" } as Parameters<typeof drawPath>[1];
  drawPath(context as unknown as CanvasRenderingContext2D, theme, picture);
  assert.deepEqual(named.map(([text]) => text), ["start", "1", "2", "end"]);
  // The end has no room at its right.
  assert.deepEqual(named.map(([, x]) => x), [9, 209, 409, 621]);
});
