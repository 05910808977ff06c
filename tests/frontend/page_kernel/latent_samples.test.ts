import assert from "node:assert/strict";
import { test } from "node:test";
import {
  homeOf,
  LatentSamples,
  vector,
} from "../../../vae_widgets/frontend/src/page_kernel/latent_samples.ts";
import { writeArray } from "../../../vae_widgets/frontend/src/kernel/arrays.ts";

const codes = writeArray(Float32Array.of(1, 2, 3, 4, 5, 9), [2, 3]);
const common = { axes: [], center: vector([3, 3.5, 6]), dims: [0, 1], prior: true };
const planes = {
  latent: { ...common, origin: writeArray(new Float64Array(3)), directions: writeArray(Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), [3, 3]) },
  // The first two dimensions change places, and the origin moves.
  turned: { ...common, origin: writeArray(Float64Array.of(1, 0, 0)), directions: writeArray(Float64Array.of(0, 1, 0, 1, 0, 0, 0, 0, 1), [3, 3]) },
  umap: { ...common, coordinates: writeArray(Float32Array.of(7, 8, 9, 10), [2, 2]) },
};

test("samples lie where their projection puts them, on the chosen plane", () => {
  const samples = new LatentSamples(codes, planes);
  assert.deepEqual([...samples.positions("latent", [2, 0])], [3, 1, 9, 4]);
  assert.deepEqual([...samples.positions("turned", [0, 1])], [2, 0, 5, 3]);
  assert.deepEqual([...samples.positions("umap", [1, 0])], [8, 7, 10, 9]);
  assert.equal(samples.plane("umap", [0, 1]), null);
  assert.deepEqual(samples.positions("latent", [1]).filter((_, i) => i % 2 === 0), Float32Array.of(2, 5));
  assert.equal(samples.nearestTo(Float32Array.of(4, 4, 8)), 1);
  assert.deepEqual([...samples.mean(Uint32Array.of(0, 1))], [2.5, 3.5, 6]);
});

test("the home view leaves a margin, and shows something around a single place", () => {
  assert.deepEqual(homeOf(Float32Array.of(0, 5, 10, 5)), [-0.5, 10.5, 4, 6]);
});
