import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CATEGORIES,
  categoryColour,
  categoryMark,
  channels,
  DISTINCT,
  labelColour,
  quantityColour,
  unknownColour,
} from "../../../vae_widgets/frontend/src/canvas/palette.ts";
import {
  byClass,
  byQuantity,
  byThreshold,
  countClasses,
  hide,
  hideSides,
  uniform,
} from "../../../vae_widgets/frontend/src/latent_scatter/plot/colours.ts";

const GREY = unknownColour(false);

test("150 classes have different looks, and the first ten the plain colours", () => {
  const looks = Array.from({ length: DISTINCT }, (_, i) => `${categoryColour(i)} ${categoryMark(i)}`);
  assert.equal(new Set(looks).size, 150);
  assert.deepEqual(looks.slice(0, 10), CATEGORIES.map((colour) => `${colour} 0`));
  assert.equal(categoryColour(DISTINCT + 3), CATEGORIES[3]);
});

test("the classes can be seen on a dark page", () => {
  // WCAG 2.2, relative luminance and contrast; the page is JupyterLab's.
  const luminance = (colour: string) =>
    channels(colour)
      .map((level) => (level <= 10 ? level / 255 / 12.92 : ((level / 255 + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  for (let i = 0; i < DISTINCT; i++) {
    const contrast = (luminance(categoryColour(i)) + 0.05) / (luminance("#111111") + 0.05);
    assert.ok(contrast > 2, `${categoryColour(i)}: ${contrast}`);
  }
});

test("viridis is clamped at its ends", () => {
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
  const { levels, colours } = byClass(Uint32Array.of(2, 0, 70_000, 69_999), 70_000, GREY);
  const colour = (i: number) => [...colours.slice(3 * levels[i], 3 * levels[i] + 3)];
  assert.deepEqual(colour(0), channels(categoryColour(2)));
  assert.deepEqual(colour(1), channels(categoryColour(0)));
  assert.deepEqual(colour(2), channels(GREY)); // of no class
  assert.deepEqual(colour(3), channels(categoryColour(69_999)));
});

test("each ten of many classes have another mark, and those without a class are discs", () => {
  const { levels, colours, marks } = byClass(Uint32Array.of(3, 13, 39, 40), 40, GREY);
  assert.deepEqual([...levels].map((level) => marks![level]), [0, 1, 3, 0]);
  assert.equal(marks!.length, colours.length / 3);
  assert.equal(byClass(Uint32Array.of(3, 10), 10, GREY).marks, null); // ten classes are drawn as discs
});

test("a quantity spans the colours from its lowest to its highest value", () => {
  const { levels, colours, quantity } = byQuantity("score", Float32Array.of(-1, 3, NaN, 1), GREY);
  const colour = (i: number) => [...colours.slice(3 * levels[i], 3 * levels[i] + 3)];
  assert.deepEqual(quantity, { name: "score", low: -1, high: 3, unknown: 1, cut: null });
  assert.deepEqual(colour(0), [68, 1, 84]);
  assert.deepEqual(colour(1), [253, 231, 37]);
  assert.deepEqual(colour(2), channels(GREY));
  assert.ok(Math.abs(colour(3)[1] - 144) <= 2);
});

test("a threshold has two colours; a value that equals it is above", () => {
  // 0.7 is no float32: the value that came nearest to it is smaller.
  const { levels, colours, quantity } = byThreshold("score", Float32Array.of(0.7, 0.6, 2, NaN), 0.7, GREY);
  assert.deepEqual([...levels], [1, 0, 1, 2]);
  assert.deepEqual(quantity!.cut, { threshold: 0.7, counts: [1, 2] });
  assert.equal(quantity!.unknown, 1);
  assert.equal(colours.length, 9);
  const none = byThreshold("score", Float32Array.of(1, 2), 9, GREY);
  hideSides(none, [0]);
  assert.deepEqual([...none.levels], [-1, -1]);
});

test("a constant quantity is one colour", () => {
  assert.deepEqual([...byQuantity("score", Float32Array.of(2, 2), GREY).levels], [0, 0]);
});

test("points without a value hide by themselves, with a threshold and without", () => {
  const values = Float32Array.of(5, NaN, 7);
  const all = byQuantity("score", values, GREY);
  hideSides(all, [0, 1]); // sides mean nothing here
  assert.deepEqual([...all.levels], [0, 256, 255]);
  hideSides(all, [2]);
  assert.deepEqual([...all.levels], [0, -1, 255]);
  const cut = byThreshold("score", values, 6, GREY);
  hideSides(cut, [2]);
  assert.deepEqual([...cut.levels], [0, -1, 1]);
});

test("a quantity of which nothing is known has no range", () => {
  const { levels, quantity } = byQuantity("score", Float32Array.of(NaN, NaN), GREY);
  assert.deepEqual([...levels], [256, 256]);
  assert.deepEqual([quantity!.low, quantity!.high, quantity!.unknown], [NaN, NaN, 2]);
});

test("on white paper the grey of the unknown is lighter than every category", () => {
  const light = (colour: string) => channels(colour).reduce((a, b) => a + b);
  assert.ok(CATEGORIES.every((colour) => light(colour) < light(unknownColour(false))));
});

test("hidden classes leave, the others stay", () => {
  const classes = Uint32Array.of(0, 1, 2, 1);
  const colouring = uniform(4);
  hide(colouring, classes, [1]);
  assert.deepEqual([...colouring.levels], [0, -1, 0, -1]);
});

test("classes are counted, also the empty ones", () => {
  assert.deepEqual(countClasses(Uint32Array.of(0, 2, 2), 4), [1, 0, 2, 0]);
});

test("labels have colours that tell them apart, whoever draws them", () => {
  assert.deepEqual([0, 1, 2].map(labelColour), ["#3f90da", "#e76300", "#94a4a2"]);
});
