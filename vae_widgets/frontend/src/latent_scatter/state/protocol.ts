/** What the page and LatentScatter (widgets/latent_scatter/) send each other. */

import type { Edges } from "../../canvas/viewport.ts";
import type { WireArray } from "../../kernel/arrays.ts";
import type { WireAtlas } from "../../kernel/atlas.ts";
import type { Sender } from "../../kernel/latest_request.ts";

export type Mode = "pick" | "pan" | "lasso" | "box";

export interface PickQuestion {
  at?: [number, number];
  /** Index of the sample meant, -1 for an empty place. */
  point: number;
  /** Instead of a place: so far along `attribute` from what was picked. */
  along?: number;
}

export interface PickAnswer extends Sender {
  point: number;
  /** Where it lies on the plane; without y, anywhere on a line. */
  at: [number, number | null];
  coordinates: number[];
  along: number;
  /** The latent vector from which it was moved along the attribute. */
  base: number[];
  /** Whether it is far from all data. */
  off_data: boolean;
  /** The decoded picture and, for a point, its sample. */
  tiles: WireAtlas;
  /** What the renderer says of what was decoded, as HTML. */
  text: string;
  error: string;
}

export interface GridQuestion {
  bounds: Edges;
  columns: number;
  rows: number;
}

export interface GridAnswer extends GridQuestion, Partial<Sender> {
  /** Values of all coordinates when the plane was decoded. */
  slice_at: number[];
  tiles: WireAtlas;
  error?: string;
}

/** A coordinate: a latent dimension, a principal axis or one of a transformer. */
export interface Axis {
  index: number;
  name: string;
  /** How much it says about the samples. */
  note: string;
  collapsed: boolean;
  low: number;
  high: number;
  mean: number;
}

/** xx, xy, yx, yy. */
export type Covariance = [number, number, number, number];

export interface PlaceQuestion {
  at: [number, number];
}

export interface PlaceAnswer extends PlaceQuestion, Sender {
  tiles: WireAtlas;
  off_data: boolean;
  error: string;
}

export interface TileAnswer extends Sender {
  index: number;
  tiles?: WireAtlas;
  error: string;
}

export interface DetailAnswer extends Sender {
  index: number;
  /** Input, reconstruction and residual. */
  tiles: WireAtlas;
  /** What the renderer says of the sample, as HTML. */
  text: string;
  /** Of q(z | x) on the plane; empty where it has none. */
  covariance: Covariance | [];
  error: string;
}

export interface TraversalQuestion {
  /** The place on the plane from which the steps go. */
  at: [number, number];
}

export interface TraversalAnswer extends Sender {
  /** All coordinates of that place. */
  base: number[];
  /** What was picked and the attribute, where there are steps along it. */
  line: [] | [number[], number[]];
  /** The coordinates that are stepped along, and from where to where; -1 is the attribute. */
  rows: { index: number; low: number; high: number }[];
  /** Number of steps of each. */
  steps: number;
  tiles: WireAtlas;
  error: string;
}

export interface PathState {
  /** Model id of the slider. */
  slider: string;
  /** The frames on the plane that is shown: (frames, 2), or (frames, 1) where y has no meaning. */
  positions: WireArray;
  /** Frames that are way-points, both ends included. */
  stops: number[];
}

export interface DensityState {
  bounds: Edges;
  columns: number;
  rows: number;
  /** Row by row from the top. */
  density: WireArray;
  /** The densities that bound shares of q(z). */
  rings: { probability: number; density: number }[];
}
