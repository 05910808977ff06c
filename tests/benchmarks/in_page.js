// The page of in_page.py: decoders on our matrix kernel, in plain TypeScript, and on ONNX Runtime Web.
import { loadModel, plainEngine } from "/model.js";

const decoders = new Map();

/** Prepare a decoder on each of these; return how far the results are from each other. */
export async function prepare(name, latentDim, withPeer) {
  const decoder = new Uint8Array(await (await fetch(`/${name}.onnx`)).arrayBuffer());
  const z = Float32Array.from({ length: latentDim }, (_, i) => Math.sin(1 + i));
  const ours = await loadModel({ decoder });
  const plain = await loadModel({ decoder }, plainEngine);
  const of = { ours: () => ours.decode(z), plain: () => plain.decode(z) };
  if (withPeer) {
    const ort = await import("/peer/ort.wasm.min.mjs");
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmPaths = `${location.origin}/peer/`;
    const session = await ort.InferenceSession.create(decoder, { executionProviders: ["wasm"] });
    const feeds = { z: new ort.Tensor("float32", z, [1, latentDim]) };
    of.peer = async () => (await session.run(feeds)).x_mean.data;
  }
  decoders.set(name, of);
  const expected = plain.decode(z);
  const errors = {};
  for (const [key, decode] of Object.entries(of)) {
    const found = await decode();
    errors[key] = found.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i])), 0);
  }
  return errors;
}

/** Seconds of one decoding, a mean over `n`. */
export async function seconds(name, key, n) {
  const decode = decoders.get(name)[key];
  const began = performance.now();
  if (key === "peer") for (let i = 0; i < n; i++) await decode();
  else for (let i = 0; i < n; i++) decode();
  return (performance.now() - began) / n / 1000;
}
