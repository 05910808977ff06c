/** What multiplies matrices: WebAssembly where the page may use it, else plain TypeScript. */

/** Memory, and the operations on it that take most of the time. Places and widths are in floats. */
export interface Machine {
  readonly floats: Float32Array;
  /**
   * Add A B to C, for A (m, k) with rows `lda` apart, packed B (k, n), and C (m, n) with rows `ldc`
   * apart. Rows of A may overlap.
   */
  multiply(
    a: number,
    lda: number,
    b: number,
    c: number,
    ldc: number,
    m: number,
    n: number,
    k: number,
  ): void;
  /** Replace negative numbers by 0 in the `n` floats from `at` on, and up to 3 more. */
  relu(at: number, n: number): void;
}

/** Makes a machine whose `size` floats are zeros. */
export type Engine = (size: number) => Promise<Machine>;
