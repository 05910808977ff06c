/** The optimizer Adam (Kingma & Ba, 2015), with the defaults and the update rule of Keras. */

const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-7;

export class Adam {
  learningRate: number;
  readonly #mean: Float32Array;
  readonly #meanOfSquares: Float32Array;
  #updates = 0;

  constructor(countOfWeights: number, learningRate: number) {
    this.#mean = new Float32Array(countOfWeights);
    this.#meanOfSquares = new Float32Array(countOfWeights);
    this.learningRate = learningRate;
  }

  /** Change the weights by one step. */
  update(weights: Float32Array, gradients: Float32Array): void {
    const t = ++this.#updates;
    const rate = (this.learningRate * Math.sqrt(1 - BETA_2 ** t)) / (1 - BETA_1 ** t);
    const [mean, squares] = [this.#mean, this.#meanOfSquares];
    for (let i = 0; i < weights.length; i++) {
      const gradient = gradients[i];
      const m = (mean[i] += (1 - BETA_1) * (gradient - mean[i]));
      const v = (squares[i] += (1 - BETA_2) * (gradient * gradient - squares[i]));
      weights[i] -= (rate * m) / (Math.sqrt(v) + EPSILON);
    }
  }
}
