/** A graph that runs for any number of rows, a block at a time. */
import type { Engine } from "./matrix/machine.ts";
import { BadModelError, need, UnsupportedModelError } from "./onnx/errors.ts";
import { fits, type OnnxFile, type OpenShape, readOnnx } from "./onnx/file.ts";
import { makeMemory } from "./operators/memory.ts";
import { sizeOf } from "./operators/tensor.ts";
import { makePlan, type Plan } from "./plan.ts";

/** Rows that share one reading of the weights; images are as quick one by one. */
const BLOCK = 16;
/** A block that needs more would not stay in the caches of the processor. */
const MOST_BLOCK_BYTES = 2 ** 26;

/** Rows of each input or output, by name. */
export type Rows = Record<string, Float32Array>;

export interface Runner {
  /** The shape of one row of an input or output. */
  shapeOf(name: string): number[];
  /** Take memory and write the weights into it. */
  start(engine: Engine): Promise<void>;
  /** The outputs for all rows of one input, with `fixed` ones that are the same for every row. */
  run(name: string, rows: Float32Array, fixed: Rows): Rows;
}

/**
 * Read and plan a graph. `shapes` are those of one row of each input, null for what the file says;
 * `outputs` are the expected names.
 */
export function makeRunner(
  content: Uint8Array,
  where: string,
  shapes: Record<string, number[] | null>,
  outputs: string[],
): Runner {
  const memory = makeMemory();
  let one: Plan;
  let block: Plan | undefined;
  try {
    const file = readOnnx(content);
    checkNames("outputs", file.outputs, outputs);
    const rows = shapesOf(file, shapes);
    one = makePlan(file, memory, rows, 1);
    const isConvolution = file.nodes.some(({ op }) => op.startsWith("Conv"));
    try {
      if (!isConvolution && BLOCK * one.bytes <= MOST_BLOCK_BYTES)
        block = makePlan(file, memory, rows, BLOCK);
    } catch {
      // Several rows would take too much memory or time.
    }
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof UnsupportedModelError)
      throw new UnsupportedModelError(`${where} is refused: ${message} does not run in the page.`);
    throw new BadModelError(`${where} is refused: ${message}.`);
  }

  const shapeOf = (name: string) =>
    (one.inputs.get(name) ?? one.outputs.get(name))!.shape.slice(1);
  const write = (plan: Plan, name: string, numbers: Float32Array, after = 0) => {
    const { buffer, at } = plan.inputs.get(name)!;
    buffer.data.set(numbers, at + after);
  };
  return {
    shapeOf,
    async start(engine) {
      try {
        await memory.start(engine);
      } catch (error) {
        throw new BadModelError(`${where} needs memory that is not there: ${error}`);
      }
    },
    run(name, rows, fixed) {
      const width = sizeOf(shapeOf(name));
      const n = rows.length / width;
      if (!Number.isInteger(n)) {
        const received = `received ${rows.length} numbers`;
        throw new RangeError(`${where} takes rows of ${width} numbers; ${received}`);
      }
      const results: Rows = {};
      for (const output of outputs)
        results[output] = new Float32Array(n * sizeOf(shapeOf(output)));
      for (let done = 0; done < n;) {
        const plan = block && n - done > BLOCK / 4 ? block : one;
        const count = plan === block ? Math.min(BLOCK, n - done) : 1;
        write(plan, name, rows.subarray(done * width, (done + count) * width));
        for (const [other, row] of Object.entries(fixed))
          for (let i = 0; i < count; i++) write(plan, other, row, i * row.length);
        for (const step of plan.steps) step();
        for (const [output, { buffer }] of plan.outputs) {
          const size = sizeOf(shapeOf(output));
          results[output].set(buffer.data.subarray(0, count * size), done * size);
        }
        done += count;
      }
      return results;
    },
  };
}

function checkNames(what: string, found: Map<string, OpenShape>, expected: string[]): void {
  const names = [...found.keys()];
  const isSame = `${names.sort()}` === `${expected.toSorted()}`;
  need(isSame, `has the ${what} ${names}; expected ${expected}`);
}

/** The shapes of one row of each input, checked against those of the file. */
function shapesOf({ inputs }: OnnxFile, shapes: Record<string, number[] | null>) {
  checkNames("inputs", inputs, Object.keys(shapes));
  const found: Record<string, number[]> = {};
  for (const [name, [, ...sides]] of inputs) {
    const shape = shapes[name] ?? sides;
    const isGood = inputs.get(name)!.length && fits(sides, shape) && !shape.includes(null);
    need(isGood, `has rows of the shape ${sides}; expected ${shapes[name] ?? "numbers"} as ${name}`);
    found[name] = shape as number[];
  }
  return found;
}
