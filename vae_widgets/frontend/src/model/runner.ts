/** A graph that runs for any number of rows, a block at a time. */
import type { Engine } from "./matrix/machine.ts";
import { BadModelError, need, UnsupportedModelError } from "./onnx/errors.ts";
import { fits, type OpenShape, readOnnx } from "./onnx/file.ts";
import { makeMemory } from "./operators/memory.ts";
import { sizeOf } from "./operators/tensor.ts";
import { makePlan, type Plan } from "./plan.ts";

/** Rows that share one reading of the weights; images are as quick one by one. */
const BLOCK = 16;
/** A block that needs more would not stay in the caches of the processor. */
const MOST_BLOCK_BYTES = 2 ** 26;

export interface Runner {
  /** The shape of one row of the input. */
  readonly shape: number[];
  /** The shape of one row of an output. */
  shapeOf(name: string): number[];
  /** Take memory and write the weights into it. */
  start(engine: Engine): Promise<void>;
  /** The outputs for all rows of the input, in the order of their names. */
  run(rows: Float32Array): Float32Array[];
}

/**
 * Read and plan a graph. `shape` is that of one row of the input `name`, null for what the file
 * says; `fixed` inputs are the same for every row; `outputs` are the expected names.
 */
export function makeRunner(
  content: Uint8Array,
  where: string,
  name: string,
  given: number[] | null,
  fixed: Record<string, number[]>,
  outputs: string[],
): Runner {
  const memory = makeMemory();
  let shape: number[];
  let one: Plan;
  let block: Plan | undefined;
  try {
    const file = readOnnx(content);
    checkNames("inputs", file.inputs, [name, ...Object.keys(fixed)]);
    checkNames("outputs", file.outputs, outputs);
    shape = given ?? (file.inputs.get(name)!.slice(1) as number[]);
    for (const [name, { length }] of Object.entries(fixed)) checkRow(file.inputs, name, [length]);
    checkRow(file.inputs, name, shape);
    const plan = (rows: number) => makePlan(file, memory, name, shape, fixed, rows);
    one = plan(1);
    const isConvolution = file.nodes.some(({ op }) => op.startsWith("Conv"));
    try {
      if (!isConvolution && BLOCK * one.bytes <= MOST_BLOCK_BYTES) block = plan(BLOCK);
    } catch {
      // Several rows would take too much memory or time.
    }
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof UnsupportedModelError)
      throw new UnsupportedModelError(`${where} is refused: ${message} does not run in the page.`);
    throw new BadModelError(`${where} is refused: ${message}.`);
  }

  const shapeOf = (output: string) => one.outputs.get(output)!.shape.slice(1);
  return {
    shape,
    shapeOf,
    async start(engine) {
      try {
        await memory.start(engine);
      } catch (error) {
        throw new BadModelError(`${where} needs memory that is not there: ${error}`);
      }
    },
    run(rows) {
      const width = sizeOf(shape);
      const n = rows.length / width;
      if (!Number.isInteger(n)) {
        const received = `received ${rows.length} numbers`;
        throw new RangeError(`${where} takes rows of ${width} numbers; ${received}`);
      }
      const results = outputs.map((output) => new Float32Array(n * sizeOf(shapeOf(output))));
      for (let done = 0; done < n;) {
        const plan = block && n - done > BLOCK / 4 ? block : one;
        const count = plan === block ? Math.min(BLOCK, n - done) : 1;
        const { buffer, at } = plan.input;
        buffer.data.set(rows.subarray(done * width, (done + count) * width), at);
        for (const step of plan.steps) step();
        for (const [i, result] of results.entries()) {
          const size = result.length / n;
          const { data } = plan.outputs.get(outputs[i])!.buffer;
          result.set(data.subarray(0, count * size), done * size);
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

/** Check the shape of one row of an input against that of the file. */
function checkRow(inputs: Map<string, OpenShape>, name: string, row: OpenShape): void {
  const [rows, ...sides] = inputs.get(name)!;
  const isGood = rows !== undefined && fits(sides, row) && !row.includes(null);
  need(isGood, `has rows of the shape ${sides}; expected ${row} as ${name}`);
}
