/** From places on the plane of a scatter to latent vectors and back (core/latent/plane.py, projections.py). */

import { readArray, type WireArray } from "../kernel/arrays.ts";

/** The trait `_linear`: of the plane that the kernel shows. */
export interface LinearMap {
  projection: string;
  dims: number[];
  /** Rows are directions, (latent_dim, latent_dim); missing where coordinates are latent dimensions. */
  directions?: WireArray;
  /** (latent_dim,); missing where latent vectors do not follow linearly. */
  origin?: WireArray;
}

export class LatentPlane {
  readonly latentDim: number;
  readonly dims: number[];
  readonly #origin: Float64Array;
  readonly #directions: Float64Array | null;

  private constructor(origin: Float64Array, directions: Float64Array | null, dims: number[]) {
    this.latentDim = origin.length;
    this.#origin = origin;
    this.#directions = directions;
    this.dims = dims;
  }

  /** Null where the kernel alone knows the latent vectors. */
  static of({ dims, origin, directions }: LinearMap): LatentPlane | null {
    if (!origin) return null;
    const rows = directions ? readArray<Float64Array>(directions) : null;
    return new LatentPlane(readArray<Float64Array>(origin), rows, dims);
  }

  /** All coordinates (n, latentDim) of places (n, 2) on the plane through `sliceAt`. */
  coordinates(places: ArrayLike<number>, sliceAt: Float32Array): Float32Array {
    const { dims, latentDim } = this;
    const coordinates = new Float32Array((places.length / 2) * latentDim);
    for (let i = 0; 2 * i < places.length; i++) {
      coordinates.set(sliceAt, i * latentDim);
      dims.forEach((dim, axis) => (coordinates[i * latentDim + dim] = places[2 * i + axis]));
    }
    return coordinates;
  }

  /** Latent vectors of coordinates, both (n, latentDim). */
  toLatent(coordinates: Float32Array): Float32Array {
    const k = this.latentDim;
    const rows = this.#directions;
    if (!rows) return coordinates.slice();
    return coordinates.map((_, at) => {
      const first = at - (at % k);
      let sum = 0;
      for (let j = 0; j < k; j++) sum += coordinates[first + j] * rows[j * k + (at % k)];
      return sum + this.#origin[at % k];
    });
  }

  /** Where latent vectors (n, latentDim) lie on the plane: (n, 2), or (n, 1) for one coordinate. */
  project(z: Float32Array): Float32Array {
    const { dims, latentDim: k } = this;
    const rows = this.#directions;
    const places = new Float32Array((z.length / k) * dims.length);
    for (let i = 0; i < places.length; i++) {
      const dim = dims[i % dims.length];
      const first = Math.floor(i / dims.length) * k;
      if (!rows) places[i] = z[first + dim];
      else {
        let sum = 0;
        for (let j = 0; j < k; j++) sum += (z[first + j] - this.#origin[j]) * rows[dim * k + j];
        places[i] = sum;
      }
    }
    return places;
  }

  /** The covariance on the plane of a Gaussian with these variances of latent dimensions: xx, xy, yx, yy. */
  covariance(variance: ArrayLike<number>): number[] {
    const { dims, latentDim: k } = this;
    const rows = this.#directions;
    return dims.flatMap((a) =>
      dims.map((b) => {
        if (!rows) return a === b ? variance[a] : 0;
        let sum = 0;
        for (let j = 0; j < k; j++) sum += rows[a * k + j] * variance[j] * rows[b * k + j];
        return sum;
      }),
    );
  }
}
