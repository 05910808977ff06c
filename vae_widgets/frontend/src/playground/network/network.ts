/**
 * The network of the tutorial: a variational autoencoder with one hidden layer of ReLUs in each half.
 *
 * Its loss is E_q[-log p(x | z)] + beta KL(q(z | x) || N(0, I)), in nats, a mean over the samples of a
 * batch, for a Bernoulli likelihood with logits; Kingma & Welling (2014), equation 10, with one draw of
 * z for each sample, and Higgins et al. (2017), equation 4. An autoencoder is the same network with
 * z = z_mean and beta = 0.
 */

import type { Engine, Machine } from "../../model/matrix/machine.ts";
import { Layout, type Sizes } from "./layout.ts";
import { addProduct, fillRows, packMatrix, sumRows, transpose, type Matrix } from "./products.ts";
import type { Random } from "./random.ts";

/** Means over the samples of a batch, in nats. */
export interface Losses {
  reconstruction: number;
  kl: number;
}

export interface Objective {
  /** Weight of the KL term. */
  beta: number;
  /** Whether z is drawn from q(z | x); otherwise it is z_mean. */
  draws: boolean;
}

/** Writes sample `row` of a batch into `to`, from `at` on. */
export type Fill = (row: number, to: Float32Array, at: number) => void;

/** The number of factors from 1 to 2 that are multiplied before a logarithm is taken: at most 2^512. */
const FACTORS = 512;

export class Network {
  readonly sizes: Sizes;
  readonly #machine: Machine;
  readonly #at: Layout;

  private constructor(sizes: Sizes, layout: Layout, machine: Machine) {
    this.sizes = sizes;
    this.#at = layout;
    this.#machine = machine;
  }

  /** A network whose weights are all zero, on a machine of its own. */
  static async make(sizes: Sizes, engine: Engine): Promise<Network> {
    const layout = new Layout(sizes);
    return new Network(sizes, layout, await engine(layout.size));
  }

  /** Kernels and biases one after the other, in the order of Keras. */
  get weights(): Float32Array {
    const { firstWeight, countOfWeights } = this.#at;
    return this.#f.subarray(firstWeight, firstWeight + countOfWeights);
  }

  /** Of the loss by each weight, as `computeGradients` found them. */
  get gradients(): Float32Array {
    const { firstGradient, countOfWeights } = this.#at;
    return this.#f.subarray(firstGradient, firstGradient + countOfWeights);
  }

  get #f(): Float32Array {
    return this.#machine.floats;
  }

  /**
   * Draw new weights as `VAE.build` does (models/networks/architectures/layer_factory.py): uniform, by
   * Glorot & Bengio (2010); the first layer of the decoder, with its biases, by He et al. (2015).
   */
  initialize(random: Random): void {
    const { encoderKernel, codeKernel, decoderKernel, decoderBias, outputKernel } = this.#at.weights;
    this.weights.fill(0);
    const draw = ({ at, rows, columns }: Matrix, limit: number) => {
      for (let i = at; i < at + rows * columns; i++) this.#f[i] = limit * (2 * random.uniform() - 1);
    };
    for (const kernel of [encoderKernel, codeKernel, outputKernel]) {
      draw(kernel, Math.sqrt(6 / (kernel.rows + kernel.columns)));
    }
    for (const part of [decoderKernel, decoderBias]) draw(part, Math.sqrt(6 / this.sizes.latent));
  }

  /** z_mean and z_log_var, each (n, latent), of n samples. */
  encode(n: number, fill: Fill): { zMean: Float32Array; zLogVar: Float32Array } {
    const { latent, batch } = this.sizes;
    const { x, encoded, code, weights, packed } = this.#at;
    const [zMean, zLogVar] = [new Float32Array(n * latent), new Float32Array(n * latent)];
    // The kernels that all batches share are packed once: one batch after the other for each layer.
    const hidden = new Float32Array(n * encoded.columns);
    packMatrix(this.#f, weights.encoderKernel, packed);
    for (let first = 0; first < n; first += batch) {
      const m = Math.min(batch, n - first);
      for (let row = 0; row < m; row++) fill(first + row, this.#f, x.at + row * x.columns);
      this.#forward(rowsOf(x, m), weights.encoderBias, rowsOf(encoded, m), true);
      hidden.set(this.#read(rowsOf(encoded, m)), first * encoded.columns);
    }
    packMatrix(this.#f, weights.codeKernel, packed);
    for (let first = 0; first < n; first += batch) {
      const m = Math.min(batch, n - first);
      this.#f.set(hidden.subarray(first * encoded.columns, (first + m) * encoded.columns), encoded.at);
      this.#forward(rowsOf(encoded, m), weights.codeBias, rowsOf(code, m), false);
      for (let row = 0; row < m; row++) {
        const at = code.at + row * code.columns;
        zMean.set(this.#f.subarray(at, at + latent), (first + row) * latent);
        zLogVar.set(this.#f.subarray(at + latent, at + 2 * latent), (first + row) * latent);
      }
    }
    return { zMean, zLogVar };
  }

  /** Means of p(x | z), (n, data) in [0, 1], for codes z (n, latent). */
  decode(z: Float32Array): Float32Array {
    const n = z.length / this.sizes.latent;
    const made = new Float32Array(n * this.sizes.data);
    this.#eachDecoded(z, (logits, first) => {
      for (let i = 0; i < logits.length; i++) made[first * this.sizes.data + i] = sigmoid(logits[i]);
    });
    return made;
  }

  /** -log p(x | z_mean) + KL, (n,) in nats, of n samples; without the KL for an autoencoder. */
  scores(n: number, fill: Fill, withKl: boolean): Float32Array {
    const { latent, data } = this.sizes;
    const { zMean, zLogVar } = this.encode(n, fill);
    const scores = new Float32Array(n);
    const x = new Float32Array(data);
    this.#eachDecoded(zMean, (logits, first) => {
      for (let row = 0; row * data < logits.length; row++) {
        fill(first + row, x, 0);
        scores[first + row] = crossEntropy(logits, row * data, x, 0, data);
      }
    });
    if (withKl) {
      for (let row = 0; row < n; row++) {
        for (let i = row * latent; i < (row + 1) * latent; i++) scores[row] += divergence(zMean[i], zLogVar[i]);
      }
    }
    return scores;
  }

  /**
   * The losses of a batch of `m` samples, and the gradients of the loss. `noise` (m, latent) are the
   * draws of N(0, I) from which z is made.
   */
  computeGradients(m: number, fill: Fill, noise: ArrayLike<number>, { beta, draws }: Objective): Losses {
    const at = this.#at;
    const { weights, gradients } = at;
    const [x, encoded, code, z] = [at.x, at.encoded, at.code, at.z].map((part) => rowsOf(part, m));
    const [decoded, logits] = [at.decoded, at.logits].map((part) => rowsOf(part, m));
    const [dEncoded, dCode, dZ, dDecoded] = [at.dEncoded, at.dCode, at.dZ, at.dDecoded].map((part) => rowsOf(part, m));
    for (let row = 0; row < m; row++) fill(row, this.#f, x.at + row * x.columns);
    this.#f.set(noise, at.noise.at);

    this.#layer(x, weights.encoderKernel, weights.encoderBias, encoded, true);
    this.#layer(encoded, weights.codeKernel, weights.codeBias, code, false);
    const kl = this.#drawCodes(code, z, draws);
    this.#layer(z, weights.decoderKernel, weights.decoderBias, decoded, true);
    this.#layer(decoded, weights.outputKernel, weights.outputBias, logits, false);
    // From here on `logits` are the gradients of the logits.
    const reconstruction = crossEntropy(this.#f, logits.at, this.#f, x.at, m * x.columns, 1 / m);
    this.#backward(decoded, logits, weights.outputKernel, gradients.outputKernel, gradients.outputBias, dDecoded);
    this.#stopAtZero(decoded, dDecoded);
    this.#backward(z, dDecoded, weights.decoderKernel, gradients.decoderKernel, gradients.decoderBias, dZ);
    this.#codeGradients(code, dZ, dCode, beta, draws);
    this.#backward(encoded, dCode, weights.codeKernel, gradients.codeKernel, gradients.codeBias, dEncoded);
    this.#stopAtZero(encoded, dEncoded);
    this.#backward(x, dEncoded, weights.encoderKernel, gradients.encoderKernel, gradients.encoderBias, null);
    return { reconstruction: reconstruction / m, kl: kl / m };
  }

  // -- layers ------------------------------------------------------------------------------------

  #layer(input: Matrix, kernel: Matrix, bias: Matrix, output: Matrix, relu: boolean): void {
    packMatrix(this.#f, kernel, this.#at.packed);
    this.#forward(input, bias, output, relu);
  }

  /** The outputs of a layer whose kernel is packed. */
  #forward(input: Matrix, bias: Matrix, output: Matrix, relu: boolean): void {
    fillRows(this.#f, output, bias.at);
    addProduct(this.#machine, input, this.#at.packed, output);
    if (relu) this.#machine.relu(output.at, output.rows * output.columns);
  }

  /** Gradients of a layer's kernel, bias and input from those of its output. */
  #backward(input: Matrix, dOutput: Matrix, kernel: Matrix, dKernel: Matrix, dBias: Matrix, dInput: Matrix | null): void {
    const { transposed, packed } = this.#at;
    const f = this.#f;
    transpose(f, input, transposed);
    packMatrix(f, dOutput, packed);
    f.fill(0, dKernel.at, dKernel.at + dKernel.rows * dKernel.columns);
    addProduct(this.#machine, { at: transposed, rows: input.columns, columns: input.rows }, packed, dKernel);
    sumRows(f, dOutput, dBias.at);
    if (!dInput) return;
    packMatrix(f, kernel, packed, true);
    f.fill(0, dInput.at, dInput.at + dInput.rows * dInput.columns);
    addProduct(this.#machine, dOutput, packed, dInput);
  }

  /** A ReLU that gave 0 passes no gradient. */
  #stopAtZero(output: Matrix, gradient: Matrix): void {
    const f = this.#f;
    for (let i = 0; i < output.rows * output.columns; i++) if (f[output.at + i] <= 0) f[gradient.at + i] = 0;
  }

  // -- codes -------------------------------------------------------------------------------------

  /** Write z for z_mean and z_log_var; returns the sum of the KL over the batch. */
  #drawCodes(code: Matrix, z: Matrix, draws: boolean): number {
    const f = this.#f;
    const { latent } = this.sizes;
    let kl = 0;
    for (let i = 0; i < z.rows * latent; i++) {
      const mean = code.at + Math.floor(i / latent) * 2 * latent + (i % latent);
      const logVar = f[mean + latent];
      f[z.at + i] = draws ? f[mean] + Math.exp(logVar / 2) * f[this.#at.noise.at + i] : f[mean];
      kl += divergence(f[mean], logVar);
    }
    return kl;
  }

  #codeGradients(code: Matrix, dZ: Matrix, dCode: Matrix, beta: number, draws: boolean): void {
    const f = this.#f;
    const { latent } = this.sizes;
    const weight = beta / code.rows;
    for (let i = 0; i < dZ.rows * latent; i++) {
      const place = Math.floor(i / latent) * 2 * latent + (i % latent);
      const [mean, logVar] = [f[code.at + place], f[code.at + place + latent]];
      const slope = f[dZ.at + i];
      const noise = draws ? f[this.#at.noise.at + i] : 0;
      f[dCode.at + place] = slope + weight * mean;
      f[dCode.at + place + latent] =
        slope * noise * 0.5 * Math.exp(logVar / 2) + weight * 0.5 * (Math.exp(logVar) - 1);
    }
  }

  // -- reading -----------------------------------------------------------------------------------

  #eachDecoded(z: Float32Array, take: (logits: Float32Array, first: number) => void): void {
    const { latent, batch } = this.sizes;
    const { weights, packed } = this.#at;
    const n = z.length / latent;
    const { decoded, logits } = this.#at;
    const hidden = new Float32Array(n * decoded.columns);
    packMatrix(this.#f, weights.decoderKernel, packed);
    for (let first = 0; first < n; first += batch) {
      const m = Math.min(batch, n - first);
      this.#f.set(z.subarray(first * latent, (first + m) * latent), this.#at.z.at);
      this.#forward(rowsOf(this.#at.z, m), weights.decoderBias, rowsOf(decoded, m), true);
      hidden.set(this.#read(rowsOf(decoded, m)), first * decoded.columns);
    }
    packMatrix(this.#f, weights.outputKernel, packed);
    for (let first = 0; first < n; first += batch) {
      const m = Math.min(batch, n - first);
      this.#f.set(hidden.subarray(first * decoded.columns, (first + m) * decoded.columns), decoded.at);
      this.#forward(rowsOf(decoded, m), weights.outputBias, rowsOf(logits, m), false);
      take(this.#read(rowsOf(logits, m)), first);
    }
  }

  #read({ at, rows, columns }: Matrix): Float32Array {
    return this.#f.subarray(at, at + rows * columns);
  }
}

function rowsOf(matrix: Matrix, rows: number): Matrix {
  return { ...matrix, rows };
}

function sigmoid(logit: number): number {
  const q = Math.exp(-Math.abs(logit));
  return logit >= 0 ? 1 / (1 + q) : q / (1 + q);
}

/** KL(N(mean, exp(logVar)) || N(0, 1)) in nats. */
function divergence(mean: number, logVar: number): number {
  return 0.5 * (mean * mean + Math.exp(logVar) - 1 - logVar);
}

/**
 * -log p(x) of n values under Bernoulli distributions with these logits: the sum of
 * max(l, 0) - l x + log(1 + exp(-|l|)). One logarithm of a product takes the place of many.
 *
 * The logits become `weight` times their gradients, so that each exponential is computed once.
 */
function crossEntropy(logits: Float32Array, at: number, x: Float32Array, from: number, n: number, weight = 1): number {
  let sum = 0;
  let product = 1;
  for (let i = 0; i < n; i++) {
    const logit = logits[at + i];
    const value = x[from + i];
    const q = Math.exp(-Math.abs(logit));
    sum += Math.max(logit, 0) - logit * value;
    product *= 1 + q;
    logits[at + i] = weight * ((logit >= 0 ? 1 : q) / (1 + q) - value);
    if (i % FACTORS === FACTORS - 1) {
      sum += Math.log(product);
      product = 1;
    }
  }
  return sum + Math.log(product);
}
