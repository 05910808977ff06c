/** A model that runs in the page: it decodes and encodes without a kernel. */
import type { Engine } from "./matrix/machine.ts";
import { quickestEngine } from "./matrix/wasm.ts";
import { needSame } from "./onnx/errors.ts";
import { makeRunner } from "./runner.ts";

export { BadModelError, UnsupportedModelError } from "./onnx/errors.ts";

/** The results of an encoder. */
const CODE = ["z_mean", "z_log_var"];

/** What a model is made of. */
export interface ModelSource {
  /** The content of `decoder.onnx` of a bundle: from z (n, latent_dim) to x_mean (n, ...shape). */
  decoder: Uint8Array;
  /** The content of `encoder.onnx`: from x (n, ...shape) to z_mean and z_log_var. */
  encoder?: Uint8Array;
  /** The one-hot label of a conditional model, for all rows. */
  label?: number[];
}

/**
 * Decodes and encodes any number of rows at once; the results are arrays of their own.
 *
 * Both throw a `RangeError` for numbers that make no whole rows, and a `BadModelError` for tokens
 * that the model does not know.
 */
export interface InPageModel {
  readonly latentDim: number;
  /** The shape of one sample. */
  readonly sampleShape: number[];
  /** Whether `encode` may be called: an encoder was given. */
  readonly canEncode: boolean;
  /** Samples (n, ...sampleShape) of codes (n, latentDim). */
  decode(z: Float32Array): Float32Array;
  /** Mean and log-variance (n, latentDim) of q(z | x) for samples (n, ...sampleShape). */
  encode(x: Float32Array): { zMean: Float32Array; zLogVar: Float32Array };
}

/**
 * Read, check and prepare a model.
 *
 * Rejects with `UnsupportedModelError` for an operator that does not run in the page, and with
 * `BadModelError` for any other content that is refused.
 */
export const loadModel = async (
  source: ModelSource,
  engine: Engine = quickestEngine,
): Promise<InPageModel> => {
  const { decoder: ofDecoder, encoder: ofEncoder, label } = source;
  const names = ["x_mean"];
  const decoder = await makeRunner(engine, label, ofDecoder, "decoder.onnx", "z", null, names);
  const [sampleShape] = decoder.shapes;
  const encoder =
    ofEncoder &&
    (await makeRunner(engine, label, ofEncoder, "encoder.onnx", "x", sampleShape, CODE));
  const [latentDim] = decoder.shape;
  for (const code of [decoder.shape, ...(encoder?.shapes ?? [])])
    needSame("shape of z, z_mean or z_log_var", code, latentDim);
  return {
    latentDim,
    sampleShape,
    canEncode: !!encoder,
    decode: (z) => decoder.run(z)[0],
    encode(x) {
      if (!encoder) throw new Error("this model has no encoder");
      const [zMean, zLogVar] = encoder.run(x);
      return { zMean, zLogVar };
    },
  };
};
