/** The traits of LatentScatter (widgets/latent_scatter/widget.py) in the page. */

import type { AnyModel } from "@anywidget/types";
import type { LinearMap } from "../../codec/latent_plane.ts";
import type { Offer } from "../../codec/page_codec.ts";
import { readArray, type WireArray } from "../../kernel/arrays.ts";
import type { Axis, DecodedGrid, DensityState, Mode, PathState, Picked } from "./protocol.ts";
import type { Edges } from "../../canvas/viewport.ts";
import type { WireAtlas } from "../../kernel/atlas.ts";

export interface State {
  selection: WireArray;
  flagged: WireArray;
  hovered: number;
  picked: WireArray;
  color_by: string;
  quantities: Record<string, WireArray>;
  threshold: number | null;
  dims: number[];
  view: Edges;
  projection: string;
  slice_at: WireArray;
  bookmarks: Record<string, WireArray>;
  group_a: WireArray;
  group_b: WireArray;
  attribute: WireArray;
  _save_shown: boolean;
  /** Where the bookmarks lie on the plane. */
  _bookmarked_at: Record<string, number[]>;
  _projections: string[];
  /** Sorted by relevance. */
  _axes: Axis[];
  _dims_shown: boolean;
  _points_shown: boolean;
  /** Whether the samples have a pandas index. */
  _has_index: boolean;
  /** Centre of the prior on the plane; empty where it has none. */
  _prior: [number, number] | [];
  prior: boolean;
  /** Of q(z) on the plane; empty until it is requested. */
  _density: DensityState | Record<string, never>;
  density: boolean;
  /** Of the plane of `_positions`: how latent vectors follow from coordinates, if the page can know. */
  _linear: LinearMap;
  /** The model with which the page may decode. */
  _model: Offer | Record<string, never>;
  _positions: WireArray;
  _home: Edges;
  /** Class number of each sample; the number of classes where it is unknown. */
  _classes: WireArray;
  _class_names: string[];
  _tiles: WireAtlas | Record<string, never>;
  /** Whether samples have sound. */
  _has_sound: boolean;
  /** The meaning of the values of a tile; empty where that is obvious. */
  _range_note: string;
  /**
   * Not drawn: classes (the number of classes stands for none of them), and sides of the threshold
   * (0 below, 1 at or above, 2 without a value).
   */
  _hidden: number[];
  _hidden_sides: number[];
  mode: Mode;
  /** Diameter in CSS pixels, and 0 to 1; null for automatic. */
  point_size: number | null;
  opacity: number | null;
  grid: boolean;
  _path: PathState | Record<string, never>;
  _pick: Partial<Picked>;
  _grid: DecodedGrid;
}

export type Model = AnyModel<State>;

/** The name of points without a class, which differs from the names of the classes. */
export function unknownName(names: string[]): string {
  return names.includes("unknown") ? "no label" : "unknown";
}

/** A sample's class as text; empty where there are no classes. */
export function labelOf(model: Model, index: number): string {
  const classes = readArray<Uint32Array>(model.get("_classes"));
  const names = model.get("_class_names");
  return classes.length ? `label ${names[classes[index]] ?? unknownName(names)}` : "";
}

/** Names of the coordinates shown; a jitter has none. */
export function axisNames(model: Model): [string, string] {
  const axes = model.get("_axes");
  const names = model.get("dims").map((dim) => axes.find(({ index }) => index === dim)?.name);
  return [names[0] ?? "", names[1] ?? ""];
}

/** Whether there is one coordinate only, so that y is a jitter. */
export function isLine(model: Model): boolean {
  return model.get("dims").length === 1;
}
