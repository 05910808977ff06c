// Compute with the modules of the page: one line of JSON asks, one line answers.
import { createInterface } from "node:readline";
import { Codes } from "../../../vae_widgets/frontend/src/codec/far_from_data.ts";
import { LatentPlane } from "../../../vae_widgets/frontend/src/codec/latent_plane.ts";
import { logPriors, stepSizes } from "../../../vae_widgets/frontend/src/codec/path_profile.ts";
import { latentPath, LEGS } from "../../../vae_widgets/frontend/src/codec/paths.ts";
import { writeArray } from "../../../vae_widgets/frontend/src/kernel/arrays.ts";

const wire = (Kind, values, shape) => values && writeArray(Kind.from(values), shape);
const floats = (values) => Float32Array.from(values);
const COMPUTE = {
  path: ({ points, stops, frames, method }) => latentPath(points.map(floats), stops, frames, LEGS[method]),
  logPrior: ({ path, frames }) => logPriors(floats(path), frames),
  stepSize: ({ samples, tokens }) => stepSizes(samples.map(floats), tokens),
  plane({ dims, origin, directions, places, sliceAt }) {
    const map = { dims, origin: wire(Float64Array, origin), directions: wire(Float64Array, directions) };
    const plane = LatentPlane.of(map);
    const z = plane.toLatent(plane.coordinates(places, floats(sliceAt)));
    return [...z, ...plane.project(z)];
  },
  covariance({ dims, directions, variance }) {
    const origin = wire(Float64Array, variance);
    return LatentPlane.of({ dims, origin, directions: wire(Float64Array, directions) }).covariance(variance);
  },
  far({ codes, scale, limit, z }) {
    const shape = [codes.length / scale.length, scale.length];
    const known = new Codes({ codes: wire(Float32Array, codes, shape), scale: wire(Float64Array, scale), limit });
    return z.map((each) => Number(known.isFar(floats(each))));
  },
};
for await (const line of createInterface({ input: process.stdin })) {
  const { what, ...given } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify([...COMPUTE[what](given)])}\n`);
}
