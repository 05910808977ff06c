import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fitInk,
  frameDrawing,
  inkFacts,
  inkHabit,
} from "../../../vae_widgets/frontend/src/own_sample/ink.ts";

/** A filled rectangle [left, right) x [top, bottom) on a square of some side. */
function rectangle(side: number, [left, right, top, bottom]: number[], paper = 0, full = 1): Float32Array {
  return Float32Array.from({ length: side * side }, (_, at) => {
    const [x, y] = [at % side, Math.floor(at / side)];
    return x >= left && x < right && y >= top && y < bottom ? full : paper;
  });
}

const USUAL = [8, 18, 4, 24]; // of 28 pixels

test("a drawing of any size and place becomes as large as the images, and lies where they lie", () => {
  const habit = inkHabit(rectangle(28, USUAL), 28, 28);
  for (const [side, box] of [[224, [64, 144, 32, 192]], [224, [10, 60, 5, 105]], [100, [80, 100, 40, 80]]] as const) {
    const drawing = { values: rectangle(side, [...box]), width: side, height: side };
    const image = fitInk(drawing, habit, 28, 28)!;
    const wrong = rectangle(28, USUAL).map((value, i) => Math.abs(value - image[i]));
    assert.ok(Math.max(...wrong) < 0.1, String(Math.max(...wrong)));
  }
});

test("ink may be dark on light paper", () => {
  const habit = inkHabit(rectangle(28, USUAL, 255, 10), 28, 28);
  assert.deepEqual([habit.paper, habit.full], [255, 10]);
  const drawing = { values: rectangle(56, [16, 36, 8, 48]), width: 56, height: 56 };
  const image = fitInk(drawing, habit, 28, 28)!;
  assert.ok(Math.abs(image[14 * 28 + 12] - 10) < 1e-3);
  assert.equal(image[0], 255);
});

test("the centre is that of the mass, and without ink there is none", () => {
  const values = rectangle(10, [2, 4, 6, 8]);
  const facts = inkFacts({ values, width: 10, height: 10 })!;
  assert.deepEqual([facts.x, facts.y], [3, 7]);
  assert.ok(Math.abs(facts.side - 2 * 0.99) < 1e-9);
  const nothing = { values: new Float32Array(100), width: 10, height: 10 };
  assert.equal(inkFacts(nothing), null);
  assert.equal(fitInk(nothing, inkHabit(values, 10, 10), 10, 10), null);
});

/** A ring of some radius and width in the middle of a square, with soft edges. */
function ring(side: number, radius: number, width: number): Float32Array {
  return Float32Array.from({ length: side * side }, (_, at) => {
    const away = Math.hypot((at % side) + 0.5 - side / 2, Math.floor(at / side) + 0.5 - side / 2);
    return Math.min(1, Math.max(0, width / 2 + 0.5 - Math.abs(away - radius)));
  });
}

test("the width of lines is measured, as a share of the image's longer side", () => {
  for (const width of [2, 3, 5]) {
    const facts = inkFacts({ values: ring(80, 30, width), width: 80, height: 80 })!;
    assert.ok(Math.abs(facts.line - width) < 0.05 * width, `${width}: ${facts.line}`);
    const { line, side } = inkHabit(ring(80, 30, width), 80, 80);
    assert.equal(line, facts.line / side);
  }
  assert.equal(inkHabit(rectangle(28, USUAL), 28, 28).line, 0.2); // no line at all
});

test("a drawing fills the canvas, with a pen that is a share of its longer side", () => {
  const drawn = [{ x: 10, y: 50 }, { x: 30, y: 90 }];
  for (const by of [1, 0.25]) {
    const points = drawn.map(({ x, y }) => ({ x: by * x, y: by * y }));
    const { pen, scale, x, y } = frameDrawing(points, 0.2, 100)!;
    assert.ok(Math.abs(pen * scale - 20) < 1e-9);
    const [top, bottom] = points.map((point) => point.y * scale + y);
    assert.ok(Math.abs(top - 10) < 1e-9 && Math.abs(bottom - 90) < 1e-9);
    assert.ok(Math.abs(20 * by * scale + x - 50) < 1e-9);
  }
  const dot = frameDrawing([{ x: 5, y: 5 }], 0.1, 100)!;
  assert.ok(dot.pen > 0 && Number.isFinite(dot.scale));
  assert.equal(frameDrawing([], 0.1, 100), null);
});
