import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cellAt,
  covers,
  gridFor,
  sameGrid,
} from "../../../../vae_widgets/frontend/src/latent_scatter/decode/grid.ts";
import { toEdges, Viewport } from "../../../../vae_widgets/frontend/src/canvas/viewport.ts";

const viewport = new Viewport(
  { x0: -2, x1: 2, y0: -1, y1: 1 },
  { left: 40, top: 8, width: 560, height: 280 },
);

test("the grid fills the visible plane with cells of the shape of a tile", () => {
  const square = gridFor(viewport, 8, 8);
  assert.deepEqual(square, { bounds: [-2, 2, -1, 1], columns: 20, rows: 10 });
  const wide = gridFor(viewport, 64, 32);
  assert.deepEqual([wide.columns, wide.rows], [10, 10]);
});

test("large tiles make fewer cells: at most about a million pixels", () => {
  for (const side of [64, 128, 256]) {
    const { columns, rows } = gridFor(viewport, side, side);
    assert.ok(columns * rows * side * side < 1.25e6, `${side}: ${columns} x ${rows}`);
  }
});

test("cells are counted row by row from the top left", () => {
  const grid = { bounds: toEdges(viewport.bounds), columns: 20, rows: 10 };
  assert.equal(cellAt(grid, { x: -1.99, y: 0.99 }), 0);
  assert.equal(cellAt(grid, { x: -1.99, y: -0.99 }), 180);
  assert.equal(cellAt(grid, { x: 1.99, y: 0.99 }), 19);
  assert.equal(cellAt(grid, { x: 2.01, y: 0 }), -1);
  assert.equal(cellAt(grid, { x: 0, y: -1.01 }), -1);
});

test("a grid covers what lies inside it", () => {
  assert.ok(covers([-2, 2, -1, 1], [-2, 1, 0, 1]));
  assert.ok(!covers([-2, 2, -1, 1], [-2.1, 1, 0, 1]));
  assert.ok(!covers([-2, 2, -1, 1], [-2, 1, 0, 1.1]));
});

test("grids are the same where all agrees", () => {
  const grid = gridFor(viewport, 8, 8);
  assert.ok(sameGrid(grid, { ...grid }));
  assert.ok(!sameGrid(grid, { ...grid, rows: 9 }));
  assert.ok(!sameGrid(grid, { ...grid, bounds: [-2, 2, -1, 1.5] }));
});
