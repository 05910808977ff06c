/** A model that runs in the page: it decodes and encodes without a kernel. */
import { UnsupportedModelError } from "./errors.ts";

export { BadModelError, UnsupportedModelError } from "./errors.ts";

/** What a model is made of. */
export interface ModelSource {
  /** The content of `decoder.onnx` of a bundle: from z (n, latent_dim) to x_mean (n, ...shape). */
  decoder: Uint8Array;
  /** The content of `encoder.onnx`: from x (n, ...shape) to z_mean and z_log_var. */
  encoder?: Uint8Array;
  /** The one-hot label of a conditional model, for all rows. */
  label?: number[];
}

/** Decodes and encodes any number of rows at once; the results are arrays of their own. */
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
export async function loadModel(source: ModelSource): Promise<InPageModel> {
  throw new UnsupportedModelError(`no model of ${source.decoder.length} bytes runs in the page yet`);
}
