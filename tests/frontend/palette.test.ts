import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CATEGORIES,
  categoryColour,
  channels,
  quantityColour,
} from "../../vae_widgets/frontend/src/palette.ts";
import {
  byClass,
  byQuantity,
  byThreshold,
  countClasses,
  hide,
  plain,
} from "../../vae_widgets/frontend/src/scatter_colours.ts";

test("the cycle of categories repeats, in both directions", () => {
  assert.equal(categoryColour(13), CATEGORIES[3]);
  assert.equal(categoryColour(-1), CATEGORIES[9]);
});

test("viridis at its published ends and middle, clamped beyond", () => {
  assert.deepEqual(channels(quantityColour(0)), [68, 1, 84]);
  assert.deepEqual(channels(quantityColour(0.5)), [33, 144, 141]);
  assert.deepEqual(channels(quantityColour(1)), [253, 231, 37]);
  assert.equal(quantityColour(-3), quantityColour(0));
  assert.equal(quantityColour(3), quantityColour(1));
});

test("viridis grows lighter all the way", () => {
  const light = Array.from({ length: 101 }, (_, i) => {
    const [r, g, b] = channels(quantityColour(i / 100));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  });
  for (let i = 1; i < light.length; i++) assert.ok(light[i] > light[i - 1]);
});

test("channels of both notations", () => {
  assert.deepEqual(channels("#3f90da"), [63, 144, 218]);
  assert.deepEqual(channels("rgb(1,20,255)"), [1, 20, 255]);
});

test("each class has its own level and colour", () => {
  const { levels, colours } = byClass(Uint32Array.of(2, 0, 2), 3);
  assert.deepEqual([...levels], [2, 0, 2]);
  assert.deepEqual([...colours.slice(6)], channels(categoryColour(2)));
});

test("a quantity spans the colours from its lowest to its highest value", () => {
  const { levels, colours, quantity } = byQuantity("score", Float32Array.of(-1, 3, 1));
  const colour = (i: number) => [...colours.slice(3 * levels[i], 3 * levels[i] + 3)];
  assert.deepEqual(quantity, { name: "score", low: -1, high: 3, cut: null });
  assert.deepEqual(colour(0), [68, 1, 84]);
  assert.deepEqual(colour(1), [253, 231, 37]);
  assert.ok(Math.abs(colour(2)[1] - 144) <= 2);
});

test("a threshold has two colours; a value that equals it is above", () => {
  // 0.7 is no float32: the value that came nearest to it is smaller.
  const { levels, colours, quantity } = byThreshold("score", Float32Array.of(0.7, 0.6, 2), 0.7);
  assert.deepEqual([...levels], [1, 0, 1]);
  assert.deepEqual(quantity!.cut, { threshold: 0.7, counts: [1, 2] });
  assert.equal(colours.length, 6);
  const none = byThreshold("score", Float32Array.of(1, 2), 9);
  hide(none, none.levels, [0]);
  assert.deepEqual([...none.levels], [-1, -1]);
});

test("a constant quantity is one colour", () => {
  assert.deepEqual([...byQuantity("score", Float32Array.of(2, 2)).levels], [0, 0]);
});

test("hidden classes leave, the others stay", () => {
  const classes = Uint32Array.of(0, 1, 2, 1);
  const colouring = plain(4);
  hide(colouring, classes, [1]);
  assert.deepEqual([...colouring.levels], [0, -1, 0, -1]);
});

test("classes are counted, also the empty ones", () => {
  assert.deepEqual(countClasses(Uint32Array.of(0, 2, 2), 4), [1, 0, 2, 0]);
});
