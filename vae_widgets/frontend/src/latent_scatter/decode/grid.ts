/** The plane as a grid of decoded pictures: its cells, and when to request a new one. */

import type { Point } from "../../canvas/geometry.ts";
import { toEdges, type Edges, type Viewport } from "../../canvas/viewport.ts";
import type { Tiles } from "../../kernel/atlas.ts";
import type { GridShape } from "../state/protocol.ts";

// Height of a cell, in pixels, and the greatest number of pixels of all tiles.
const CELL = 28;
const BUDGET = 1e6;

/** The grid that fills the visible part of the plane with cells of the shape of a tile. */
export function gridFor(viewport: Viewport, tileWidth: number, tileHeight: number): GridShape {
  const { width, height } = viewport.box;
  const cell = Math.max(CELL, tileHeight * Math.sqrt((width * height) / BUDGET));
  return {
    bounds: toEdges(viewport.bounds),
    columns: Math.max(1, Math.round((width * tileHeight) / (cell * tileWidth))),
    rows: Math.max(1, Math.round(height / cell)),
  };
}

export function sameGrid(a: GridShape, b: GridShape): boolean {
  const same = a.columns === b.columns && a.rows === b.rows;
  return same && a.bounds.every((edge, i) => edge === b.bounds[i]);
}

/** Whether `outer` contains all of `inner`. */
export function covers(outer: Edges, inner: Edges): boolean {
  const [x0, x1, y0, y1] = inner;
  return outer[0] <= x0 && outer[1] >= x1 && outer[2] <= y0 && outer[3] >= y1;
}

/** Index of the cell at a place on the plane, counted row by row from the top; -1 if outside. */
export function cellAt(grid: GridShape, place: Point): number {
  const [x0, x1, y0, y1] = grid.bounds;
  const column = Math.floor(((place.x - x0) / (x1 - x0)) * grid.columns);
  const row = Math.floor(((y1 - place.y) / (y1 - y0)) * grid.rows);
  const inside = column >= 0 && column < grid.columns && row >= 0 && row < grid.rows;
  return inside ? row * grid.columns + column : -1;
}

/** One picture of all tiles, because tiles drawn one by one leave seams. */
export function gridTexture(tiles: Tiles, { columns, rows }: GridShape): HTMLCanvasElement {
  const texture = document.createElement("canvas");
  texture.width = columns * tiles.width;
  texture.height = rows * tiles.height;
  const context = texture.getContext("2d")!;
  for (let i = 0; i < tiles.count; i++) {
    const x = (i % columns) * tiles.width;
    const y = Math.floor(i / columns) * tiles.height;
    tiles.draw(context, i, x, y, tiles.width, tiles.height);
  }
  return texture;
}
