/** A model that runs in the page: it decodes and encodes without a kernel. */
import type { Engine } from "./matrix/machine.ts";
import { quickestEngine } from "./matrix/wasm.ts";
import { BadModelError } from "./onnx/errors.ts";
import { Runner } from "./runner.ts";

export { BadModelError, UnsupportedModelError } from "./onnx/errors.ts";

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
export async function loadModel(
  source: ModelSource,
  engine: Engine = quickestEngine,
): Promise<InPageModel> {
  const { label } = source;
  const labels: Record<string, number[]> = label ? { y: [label.length] } : {};
  const fixed: Record<string, Float32Array> = label ? { y: Float32Array.from(label) } : {};
  const decoder = new Runner(source.decoder, "decoder.onnx", { z: null, ...labels }, ["x_mean"]);
  const [latentDim, ...more] = decoder.shapeOf("z");
  if (latentDim === undefined || more.length) {
    throw new BadModelError(
      `decoder.onnx takes z with rows of the shape ${decoder.shapeOf("z")}; expected one side`,
    );
  }
  const sampleShape = decoder.shapeOf("x_mean");
  let encoder: Runner | undefined;
  if (source.encoder) {
    encoder = new Runner(source.encoder, "encoder.onnx", { x: sampleShape, ...labels }, [
      "z_mean",
      "z_log_var",
    ]);
    for (const name of ["z_mean", "z_log_var"]) {
      if (`${encoder.shapeOf(name)}` !== `${latentDim}`) {
        throw new BadModelError(
          `encoder.onnx gives ${name} with rows of the shape ${encoder.shapeOf(name)}; expected ${latentDim}`,
        );
      }
    }
  }
  await decoder.start(engine);
  await encoder?.start(engine);
  return {
    latentDim,
    sampleShape,
    canEncode: encoder !== undefined,
    decode: (z) => decoder.run("z", z, fixed).x_mean,
    encode(x) {
      if (!encoder) throw new Error("the model has no encoder; check canEncode before");
      const { z_mean: zMean, z_log_var: zLogVar } = encoder.run("x", x, fixed);
      return { zMean, zLogVar };
    },
  };
}
