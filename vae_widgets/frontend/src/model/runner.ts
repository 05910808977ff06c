/** A graph that runs for any number of rows, a block at a time. */
import type { Engine } from "./matrix/machine.ts";
import { BadModelError, UnsupportedModelError } from "./onnx/errors.ts";
import { type OnnxFile, type OpenShape, readOnnx } from "./onnx/file.ts";
import { Memory } from "./operators/memory.ts";
import { placeOf, sizeOf } from "./operators/tensor.ts";
import { makePlan, type Plan } from "./plan.ts";

/** Rows that share one reading of the weights; images are as quick one by one. */
const BLOCK = 16;
/** A block that needs more would not stay in the caches of the processor. */
const MOST_BLOCK_BYTES = 2 ** 26;

/** Rows of each input or output, by name. */
export type Rows = Record<string, Float32Array>;

export class Runner {
  readonly #memory = new Memory();
  readonly #plans: [one: Plan, block: Plan | null];
  readonly #file: OnnxFile;
  readonly #where: string;

  /**
   * `shapes` are those of one row of each input, null for what the file says; `outputs` are the
   * expected names.
   */
  constructor(
    content: Uint8Array,
    where: string,
    shapes: Record<string, number[] | null>,
    outputs: string[],
  ) {
    this.#where = where;
    try {
      this.#file = readOnnx(content);
      const inputs = this.#shapesOf(shapes);
      const names = [...this.#file.outputs.keys()].sort();
      if (`${names}` !== `${[...outputs].sort()}`) {
        throw new BadModelError(`it has the outputs ${names}; expected ${outputs}`);
      }
      this.#plans = [this.#plan(inputs, 1), null];
      const isConvolution = this.#file.nodes.some(({ op }) => op.startsWith("Conv"));
      const isSmall = BLOCK * this.#plans[0].bytes <= MOST_BLOCK_BYTES;
      if (isSmall && !isConvolution) this.#plans[1] = this.#planBlock(inputs);
      this.#file.constants.clear(); // what is needed is in the plans
    } catch (error) {
      const Kind = error instanceof UnsupportedModelError ? UnsupportedModelError : BadModelError;
      throw new Kind(`${where} is refused: ${(error as Error).message}.`);
    }
  }

  /** The shape of one row of an input or output. */
  shapeOf(name: string): number[] {
    const [{ inputs, outputs }] = this.#plans;
    return (inputs.get(name) ?? outputs.get(name))!.shape.slice(1);
  }

  /** Take memory and write the weights into it. */
  async start(engine: Engine): Promise<void> {
    try {
      await this.#memory.start(engine);
    } catch (error) {
      throw new BadModelError(`${this.#where} needs memory that is not there: ${error}`);
    }
  }

  /** The outputs for all rows of one input, with `fixed` ones that are the same for every row. */
  run(name: string, rows: Float32Array, fixed: Rows): Rows {
    const width = sizeOf(this.shapeOf(name));
    const n = rows.length / width;
    if (!Number.isInteger(n)) {
      throw new RangeError(
        `${this.#where} takes rows of ${width} numbers; received ${rows.length} numbers`,
      );
    }
    const outputs = [...this.#plans[0].outputs.keys()];
    const results: Rows = {};
    for (const output of outputs)
      results[output] = new Float32Array(n * sizeOf(this.shapeOf(output)));
    const [one, block] = this.#plans;
    for (let done = 0; done < n;) {
      const plan = block && n - done > BLOCK / 4 ? block : one;
      const count = plan === block ? Math.min(BLOCK, n - done) : 1;
      this.#write(plan, name, rows.subarray(done * width, (done + count) * width));
      for (const [other, row] of Object.entries(fixed)) {
        for (let i = 0; i < count; i++) this.#write(plan, other, row, i * row.length);
      }
      for (const step of plan.steps) step();
      for (const [output, tensor] of plan.outputs) {
        const size = sizeOf(this.shapeOf(output));
        const at = placeOf(tensor);
        results[output].set(tensor.buffer.data.subarray(at, at + count * size), done * size);
      }
      done += count;
    }
    return results;
  }

  #write(plan: Plan, name: string, numbers: Float32Array, after = 0): void {
    const input = plan.inputs.get(name)!;
    input.buffer.data.set(numbers, placeOf(input) + after);
  }

  #shapesOf(shapes: Record<string, number[] | null>): Record<string, number[]> {
    const { inputs } = this.#file;
    const names = Object.keys(shapes);
    if (`${[...inputs.keys()].sort()}` !== `${[...names].sort()}`) {
      throw new BadModelError(`it has the inputs ${[...inputs.keys()]}; expected ${names}`);
    }
    const found: Record<string, number[]> = {};
    for (const name of names) {
      const sides = inputs.get(name)!.slice(1);
      const expected = shapes[name] ?? sides;
      const fits = (shape: OpenShape): shape is number[] =>
        shape.length === sides.length &&
        shape.every((side, i) => side !== null && [null, side].includes(sides[i]));
      if (!inputs.get(name)!.length || !fits(expected)) {
        throw new BadModelError(
          `it has '${name}' with rows of the shape ${sides}; expected ${shapes[name] ?? "numbers"}`,
        );
      }
      found[name] = expected;
    }
    return found;
  }

  #plan(inputs: Record<string, number[]>, rows: number): Plan {
    const shapes = new Map(Object.entries(inputs).map(([name, shape]) => [name, [rows, ...shape]]));
    const plan = makePlan(this.#file, this.#memory, shapes, rows);
    for (const [name, { shape, kind }] of plan.outputs) {
      const sides = this.#file.outputs.get(name)!.slice(1);
      const fits =
        shape.length === sides.length + 1 &&
        sides.every((side, i) => side === null || side === shape[i + 1]);
      if (shape[0] !== rows || kind !== "float" || !fits) {
        throw new BadModelError(
          `it gives '${name}' of the shape ${shape} for ${rows} rows; expected ${[rows, ...sides]}`,
        );
      }
    }
    return plan;
  }

  /** A plan for several rows, unless it needs too much memory or time. */
  #planBlock(inputs: Record<string, number[]>): Plan | null {
    try {
      return this.#plan(inputs, BLOCK);
    } catch {
      return null;
    }
  }
}
