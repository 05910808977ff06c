import assert from "node:assert/strict";
import { test } from "node:test";
import { follow } from "../../vae_widgets/frontend/src/path_points.ts";

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
