/** What is to be done for a number of rows: all shapes are known, checked and bounded before. */
import {
  BadModelError,
  lack,
  need,
  needBetween,
  needSame,
  UnsupportedModelError,
} from "./onnx/errors.ts";
import { needRow, type OnnxFile } from "./onnx/file.ts";
import { checkShape, count, makeBudget } from "./operators/budget.ts";
import { copier } from "./operators/loops.ts";
import type { Arena } from "./operators/arena.ts";
import { OPERATORS } from "./operators/table.ts";
import {
  type Block,
  isWhole,
  sizeOf,
  stretched,
  type Tensor,
  tensorIn,
  tensorOf,
} from "./operators/tensor.ts";

export interface Plan {
  given: Tensor;
  /** Results in row-major order, each in an array of its own. */
  outputs: Tensor[];
  steps: (() => void)[];
  /** What the tensors take, as the budget counts it. */
  spent: number[];
}

/**
 * Plan a graph for `rows` rows of one input, with a label that is the same for every row; throw
 * what `loadModel` rejects with.
 */
export const makePlan = (
  file: OnnxFile,
  arena: Arena,
  name: string,
  row: number[],
  label: number[] | undefined,
  outputs: string[],
  rows: number,
): Plan => {
  const { nodes, constants } = file;
  let bytes = 0;
  for (const { numbers } of constants.values()) bytes += numbers.byteLength;
  const budget = makeBudget(rows, bytes);
  const steps: Plan["steps"] = [];
  const uses = new Map<string, number>();
  for (const name of [...nodes.flatMap(({ inputs }) => inputs), ...outputs])
    uses.set(name, (uses.get(name) ?? 0) + 1);
  const shape = [rows, ...row];
  count(budget, shape, false);
  const block = arena.allocate(sizeOf(shape));
  block.uses = uses.get(name) ?? 1;
  const input = tensorIn(block, shape);
  const tensors = new Map([[name, input]]);
  for (const [name, { numbers, shape }] of constants) tensors.set(name, tensorOf(numbers, shape));
  if (label) tensors.set("y", stretched(tensorOf(Float32Array.from(label)), [rows, label.length]));

  nodes.forEach((node, index) => {
    const op = node.op.slice(0, 100);
    try {
      const operator = OPERATORS.get(op) ?? lack("");
      const given = node.inputs.map((name) => tensors.get(name));
      for (let i = 0; i < operator.length - 1; i++) need(given[i], `lacks the input ${i}`);
      const made: Block[] = [];
      const isKnown = given.every((each) => !each || each.isKnown);
      const call = { ...node, arena, budget, isKnown, steps, made };
      const results = [operator(call, ...given)].flat();
      needBetween("number of outputs", node.outputs.length, 1, results.length);
      for (const { shape } of results) checkShape(shape, op === "Split");
      node.outputs.forEach((name, i) => {
        if (name) tensors.set(name, results[i]);
        results[i].block.uses += uses.get(name) ?? 0;
      });
      for (const each of given) if (each) arena.release(each.block);
      for (const block of made) arena.release(block);
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof UnsupportedModelError)
        lack(`the operator ${op}${message && ` with ${message}`}`);
      throw new BadModelError(`its node ${index}, ${op}: ${message}`);
    }
  });

  const results = outputs.map((name) => {
    const found = tensors.get(name)!;
    const { shape } = found;
    needSame("rows", shape[0], rows);
    needRow(file.outputs, name, shape.slice(1));
    need(!isWhole(found), `gives whole numbers as ${name}`);
    count(budget, shape, false);
    const own = tensorOf(new Float32Array(sizeOf(shape)), shape, false);
    steps.push(copier(found, own));
    return own;
  });
  return { given: input, outputs: results, steps, spent: budget.spent };
};
