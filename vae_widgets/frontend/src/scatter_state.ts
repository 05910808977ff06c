/** The traits of LatentScatter (widgets/latent_scatter.py) as the page sees them. */

import type { AnyModel } from "@anywidget/types";
import { readArray, type WireArray } from "./arrays.ts";
import type { Sender } from "./asking.ts";
import type { TileAnswer } from "./sample_tiles.ts";
import type { Mode } from "./scatter_gestures.ts";
import type { Edges, GridQuestion } from "./scatter_grid.ts";
import type { WireAtlas } from "./tiles.ts";

export interface PickQuestion {
  at: [number, number];
  /** Index of the sample meant, -1 for an empty place. */
  point: number;
}

export interface PickAnswer extends Sender {
  point: number;
  /** The decoded picture and, for a point, its sample. */
  tiles: WireAtlas;
  error: string;
}

export interface GridAnswer extends GridQuestion, Partial<Sender> {
  tiles: WireAtlas;
  error?: string;
}

export interface State {
  selection: WireArray;
  hovered: number;
  picked: WireArray;
  color_by: string;
  quantities: Record<string, WireArray>;
  dims: number[];
  view: Edges;
  _latent_dim: number;
  _positions: WireArray;
  _home: Edges;
  _classes: WireArray;
  _class_names: string[];
  _tiles: WireAtlas | Record<string, never>;
  _hidden: number[];
  _mode: Mode;
  _grid_shown: boolean;
  _ask_pick: PickQuestion & Sender;
  _pick: Partial<PickAnswer>;
  _ask_grid: GridQuestion & Sender;
  _grid: GridAnswer;
  _ask_tile: { index: number } & Sender;
  _tile: TileAnswer;
}

export type Model = AnyModel<State>;

/** Set traits and tell the kernel. */
export function change(model: Model, values: Partial<State>): void {
  for (const [name, value] of Object.entries(values)) model.set(name as keyof State, value);
  model.save_changes();
}

/** A sample's class as text; empty where there are no classes. */
export function labelOf(model: Model, index: number): string {
  const classes = readArray<Uint32Array>(model.get("_classes"));
  return classes.length ? `label ${model.get("_class_names")[classes[index]]}` : "";
}

/** Names of the dimensions shown; a jitter has none. */
export function axisNames(model: Model): [string, string] {
  const [x, y = ""] = model.get("dims").map((dim) => `z[${dim}]`);
  return [x, y];
}
