/** The codes of the samples of a scatter, and the planes on which they can be shown. */

import { LatentPlane } from "../codec/latent_plane.ts";
import { readArray, writeArray, type WireArray } from "../kernel/arrays.ts";
import type { Edges } from "../canvas/viewport.ts";
import type { Axis } from "../latent_scatter/state/protocol.ts";

/** `LatentSpace.planes` of core/latent/space.py. */
export interface CarriedPlane {
  axes: Axis[];
  center: WireArray;
  dims: number[];
  prior: boolean;
  origin?: WireArray;
  directions?: WireArray;
  coordinates?: WireArray;
}

const PADDING = 0.05;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

export class LatentSamples {
  readonly count: number;
  readonly latentDim: number;
  readonly #codes: Float32Array;
  readonly #planes: Record<string, CarriedPlane>;

  constructor(codes: WireArray, planes: Record<string, CarriedPlane>) {
    [this.count, this.latentDim] = codes.shape;
    this.#codes = readArray(codes);
    this.#planes = planes;
  }

  code(row: number): Float32Array {
    return this.#codes.slice(row * this.latentDim, (row + 1) * this.latentDim);
  }

  /** The row of the nearest code. */
  nearestTo(z: Float32Array): number {
    let [nearest, least] = [-1, Infinity];
    for (let row = 0; row < this.count; row++) {
      let squared = 0;
      for (let j = 0; j < z.length; j++) squared += (this.#codes[row * z.length + j] - z[j]) ** 2;
      if (squared < least) [nearest, least] = [row, squared];
    }
    return nearest;
  }

  /** The mean code of some samples. */
  mean(rows: Uint32Array): Float64Array {
    const sum = new Float64Array(this.latentDim);
    for (const row of rows) this.code(row).forEach((value, i) => (sum[i] += value / rows.length));
    return sum;
  }

  projection(name: string): CarriedPlane {
    return this.#planes[name];
  }

  /** The plane of two coordinates; null where latent vectors do not follow linearly. */
  plane(name: string, dims: number[]): LatentPlane | null {
    const { origin, directions } = this.#planes[name];
    return origin ? LatentPlane.of({ projection: name, dims, origin, directions }) : null;
  }

  /** Where the samples lie on a plane: (n, 2). A line has a jitter for y. */
  positions(name: string, dims: number[]): Float32Array {
    const places = new Float32Array(2 * this.count);
    const { coordinates } = this.#planes[name];
    const values = coordinates ? readArray(coordinates) : this.plane(name, dims)!.project(this.#codes);
    const columns = coordinates ? coordinates.shape[1] : dims.length;
    for (let row = 0; row < this.count; row++) {
      dims.forEach((dim, axis) => (places[2 * row + axis] = values[row * columns + (coordinates ? dim : axis)]));
      if (dims.length === 1) places[2 * row + 1] = 2 * ((row * GOLDEN) % 1) - 1;
    }
    return places;
  }
}

/** The part of the plane around positions (n, 2), as `padded_bounds` of core/latent/plane.py. */
export function homeOf(positions: Float32Array): Edges {
  const edges = [0, 1].flatMap((axis) => {
    let [low, high] = [Infinity, -Infinity];
    for (let at = axis; at < positions.length; at += 2) {
      low = Math.min(low, positions[at]);
      high = Math.max(high, positions[at]);
    }
    const margin = high > low ? PADDING * (high - low) : 1;
    return [low - margin, high + margin];
  });
  return edges as unknown as Edges;
}

export function vector(values: ArrayLike<number>): WireArray {
  return writeArray(Float32Array.from(values));
}
