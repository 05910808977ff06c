import assert from "node:assert/strict";
import { test } from "node:test";
import {
  layTrack,
  valueAt,
  xOf,
} from "../../../vae_widgets/frontend/src/interpolation_slider/track.ts";

test("the tiles fill the width, 6 to 12 of them, and more in a wide page", () => {
  for (const [width, tile, count] of [
    [784, 52, 12],
    [500, 52, 9],
    [384, 56, 6],
    [300, 56, 6],
    [784, 112, 7],
    [960, 52, 12],
    [1904, 64, 23],
  ]) {
    const track = layTrack(width, tile);
    assert.equal(track.count, count);
    assert.ok(Math.abs(track.count * track.cell - width) < 1e-9);
  }
});

test("position 0 is the middle of the first tile and 1 of the last", () => {
  const track = layTrack(784, 52);
  assert.ok(Math.abs(xOf(track, 0) - track.cell / 2) < 1e-9);
  assert.ok(Math.abs(xOf(track, 1) - (784 - track.cell / 2)) < 1e-9);
  assert.equal(valueAt(track, -20), 0);
  assert.equal(valueAt(track, 5), 0);
  assert.equal(valueAt(track, 900), 1);
});

test("a position and its place on the track go back and forth", () => {
  const track = layTrack(391, 50);
  for (let value = 0; value <= 1; value += 1 / 64) {
    assert.ok(Math.abs(valueAt(track, xOf(track, value)) - value) < 1e-12);
  }
});
