/** Where the numbers of the network lie in the memory of its machine. */

import { packedSize, type Matrix } from "./products.ts";

/** Widths of the layers: data - hidden - latent - hidden - data. */
export interface Sizes {
  data: number;
  /** A multiple of 4. */
  hidden: number;
  latent: number;
  /** The most samples that are computed at once. */
  batch: number;
}

/** Kernels (inputs, outputs) and biases (1, outputs), in the order in which Keras lists them. */
export interface Weights {
  encoderKernel: Matrix;
  encoderBias: Matrix;
  codeKernel: Matrix;
  codeBias: Matrix;
  decoderKernel: Matrix;
  decoderBias: Matrix;
  outputKernel: Matrix;
  outputBias: Matrix;
}

/** The kernel of matrix/ uses the first floats itself. */
const RESERVED = 64;

export class Layout {
  /** All weights, one after the other. */
  readonly weights: Weights;
  readonly gradients: Weights;
  /** From the first weight on, and from the first gradient on. */
  readonly firstWeight: number;
  readonly firstGradient: number;
  readonly countOfWeights: number;
  /** Of one batch. Rows are samples. */
  readonly x: Matrix;
  readonly encoded: Matrix;
  readonly code: Matrix;
  readonly z: Matrix;
  readonly decoded: Matrix;
  readonly logits: Matrix;
  readonly noise: Matrix;
  /** Gradients of the parts with these names. */
  readonly dEncoded: Matrix;
  readonly dCode: Matrix;
  readonly dZ: Matrix;
  readonly dDecoded: Matrix;
  /** Room for a transposed batch, and for a packed matrix. */
  readonly transposed: number;
  readonly packed: number;
  /** Floats in all. */
  readonly size: number;

  constructor({ data, hidden, latent, batch }: Sizes) {
    let at = RESERVED;
    const matrix = (rows: number, columns: number): Matrix => {
      const made = { at, rows, columns };
      at += rows * columns;
      return made;
    };
    const align = () => (at = Math.ceil(at / 16) * 16);
    const weights = (): Weights => ({
      encoderKernel: matrix(data, hidden),
      encoderBias: matrix(1, hidden),
      codeKernel: matrix(hidden, 2 * latent),
      codeBias: matrix(1, 2 * latent),
      decoderKernel: matrix(latent, hidden),
      decoderBias: matrix(1, hidden),
      outputKernel: matrix(hidden, data),
      outputBias: matrix(1, data),
    });
    const aligned = (columns: number) => {
      align();
      return matrix(batch, columns);
    };
    this.firstWeight = at;
    this.weights = weights();
    this.countOfWeights = at - this.firstWeight;
    align();
    this.firstGradient = at;
    this.gradients = weights();
    this.x = aligned(data);
    this.encoded = aligned(hidden);
    this.code = aligned(2 * latent);
    this.z = aligned(latent);
    this.decoded = aligned(hidden);
    this.logits = aligned(data);
    this.noise = aligned(latent);
    this.dEncoded = aligned(hidden);
    this.dCode = aligned(2 * latent);
    this.dZ = aligned(latent);
    this.dDecoded = aligned(hidden);
    align();
    this.transposed = at;
    at += batch * Math.max(data, hidden, 2 * latent);
    align();
    this.packed = at;
    const widest = [
      [data, hidden], [hidden, data], [hidden, 2 * latent], [2 * latent, hidden], [latent, hidden],
      [hidden, latent], [batch, data], [batch, hidden], [batch, 2 * latent],
    ];
    at += Math.max(...widest.map(([k, n]) => packedSize(k, n)));
    this.size = at + RESERVED; // loops over whole vectors may go beyond the last number
  }
}
