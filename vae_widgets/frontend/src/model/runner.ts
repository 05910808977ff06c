/** A graph that runs for any number of rows, a block at a time. */
import type { Engine } from "./matrix/machine.ts";
import { BadModelError, needSame, UnsupportedModelError } from "./onnx/errors.ts";
import { needRow, type OpenShape, readOnnx } from "./onnx/file.ts";
import { makeArena } from "./operators/arena.ts";
import { BYTES } from "./operators/budget.ts";
import { sizeOf } from "./operators/tensor.ts";
import { makePlan, type Plan } from "./plan.ts";

/** Rows that share one reading of the weights; images are as quick one by one. */
const BLOCK = 16;

export interface Runner {
  /** The shape of one row of the input. */
  readonly shape: number[];
  /** The shape of one row of each output. */
  readonly shapes: number[][];
  /** The outputs for all rows of the input, in the order of their names. */
  run(rows: Float32Array): Float32Array[];
}

/**
 * Read and plan a graph, and write its weights into the memory of an engine. `given` is the shape
 * of one row of the input `name`, null for what the file says; a label is the same for every row;
 * `outputs` are the expected names.
 */
export const makeRunner = async (
  engine: Engine,
  label: number[] | undefined,
  content: Uint8Array,
  where: string,
  name: string,
  given: number[] | null,
  outputs: string[],
): Promise<Runner> => {
  const arena = makeArena();
  let shape: number[];
  let one: Plan;
  let several: Plan | undefined;
  try {
    const file = readOnnx(content);
    needSame("inputs", namesOf(file.inputs), (label ? [name, "y"] : [name]).sort());
    needSame("outputs", namesOf(file.outputs), outputs.toSorted());
    shape = given ?? (file.inputs.get(name)!.slice(1) as number[]);
    needRow(file.inputs, name, shape);
    if (label) needRow(file.inputs, "y", [label.length]);
    const plan = (rows: number) => makePlan(file, arena, name, shape, label, outputs, rows);
    one = plan(1);
    const isConvolution = file.nodes.some(({ op }) => op.startsWith("Conv"));
    try {
      // A block of more than 64 MiB would not stay in the caches of the processor.
      if (!isConvolution && BLOCK * one.spent[BYTES] <= 2 ** 26) several = plan(BLOCK);
    } catch {
      // Several rows would take too much memory or time.
    }
    await arena.start(engine);
  } catch (error) {
    const reason = `${where} is refused: ${(error as Error).message}`;
    if (error instanceof UnsupportedModelError)
      throw new UnsupportedModelError(`${reason} does not run in the page.`);
    throw new BadModelError(`${reason}.`);
  }

  const shapes = one.outputs.map((output) => output.shape.slice(1));
  return {
    shape,
    shapes,
    run(rows) {
      const width = sizeOf(shape);
      const n = rows.length / width;
      if (n % 1 !== 0) {
        throw new RangeError(`${where} takes rows of ${width} numbers; received ${rows.length}`);
      }
      const results = shapes.map((each) => new Float32Array(n * sizeOf(each)));
      for (let done = 0; done < n;) {
        const plan = several && n - done > BLOCK / 4 ? several : one;
        const count = plan === several ? Math.min(BLOCK, n - done) : 1;
        const { block, offset } = plan.given;
        block.numbers.set(rows.subarray(done * width, (done + count) * width), offset);
        for (const step of plan.steps) step();
        results.forEach((result, i) => {
          const size = result.length / n;
          const { numbers } = plan.outputs[i].block;
          result.set(numbers.subarray(0, count * size), done * size);
        });
        done += count;
      }
      return results;
    },
  };
};

const namesOf = (shapes: Map<string, OpenShape>) => [...shapes.keys()].sort();
