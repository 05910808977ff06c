/** What the traits of LatentScatter (widgets/latent_scatter/) hold; kernel/messages.ts has its messages. */

import type { Edges } from "../../canvas/viewport.ts";
import type { WireArray } from "../../kernel/arrays.ts";
import type { Tiles, WireAtlas } from "../../kernel/atlas.ts";

export type Mode = "pick" | "pan" | "lasso" | "box";

/** What is picked, with its picture. */
export interface Picked {
  point: number;
  /** Where it lies on the plane; without y, anywhere on a line. */
  at: [number, number | null];
  coordinates: number[];
  along: number;
  /** The latent vector from which it was moved along the attribute. */
  base: number[];
  /** Whether the place is far from all data. */
  off_data: boolean;
  /** The decoded picture and, for a point, its sample. */
  tiles: WireAtlas;
  /** The renderer's HTML about the decoded sample. */
  text: string;
  error: string;
  /** Whether an exported page has decoded it. */
  in_page?: boolean;
}

export interface GridShape {
  bounds: Edges;
  columns: number;
  rows: number;
}

/** The plane as it was decoded last. */
export interface DecodedGrid extends GridShape {
  /** Values of all coordinates when the plane was decoded. */
  slice_at: number[];
  tiles: WireAtlas;
  error?: string;
}

/** The plane as the page has decoded it. */
export interface PageGrid extends GridShape {
  slice_at: number[];
  tiles: Tiles;
}

/** A coordinate: a latent dimension, a principal axis or one of a transformer. */
export interface Axis {
  index: number;
  name: string;
  /** How informative it is, as text. */
  note: string;
  collapsed: boolean;
  low: number;
  high: number;
  mean: number;
}

/** xx, xy, yx, yy. */
export type Covariance = [number, number, number, number];

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
