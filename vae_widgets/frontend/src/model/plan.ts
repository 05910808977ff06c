/** What is to be done for a number of rows: all shapes are known, checked and bounded before. */
import { BadModelError, lack, need, UnsupportedModelError } from "./onnx/errors.ts";
import { fits, type Node, type OnnxFile } from "./onnx/file.ts";
import { count, makeBudget } from "./operators/budget.ts";
import { copier } from "./operators/loops.ts";
import type { Memory } from "./operators/memory.ts";
import { OPERATORS } from "./operators/table.ts";
import { type Buffer, isWhole, sizeOf, stretched, type Tensor, tensorIn, tensorOf } from "./operators/tensor.ts";

export interface Plan {
  input: Tensor;
  /** Results by name, in row-major order, each in an array of its own. */
  outputs: Map<string, Tensor>;
  steps: (() => void)[];
  /** Of all tensors. */
  bytes: number;
}

/**
 * Plan a graph for so many rows of one input, with `fixed` inputs that are the same for every row;
 * throw what `loadModel` rejects with.
 */
export function makePlan(
  { nodes, constants, outputs: expected }: OnnxFile,
  memory: Memory,
  name: string,
  row: number[],
  fixed: Record<string, number[]>,
  rows: number,
): Plan {
  let bytes = 0;
  for (const { data } of constants.values()) bytes += data.byteLength;
  const budget = makeBudget(rows, bytes);
  const steps: Plan["steps"] = [];
  const uses = new Map<string, number>();
  for (const name of [...nodes.flatMap(({ inputs }) => inputs), ...expected.keys()])
    uses.set(name, (uses.get(name) ?? 0) + 1);
  const shape = [rows, ...row];
  count(budget, shape, false);
  const buffer = memory.allocate(sizeOf(shape));
  buffer.uses = uses.get(name) ?? 1;
  const input = tensorIn(buffer, shape);
  const tensors = new Map([[name, input]]);
  for (const [name, { data, shape }] of constants) tensors.set(name, tensorOf(data, shape));
  for (const [name, row] of Object.entries(fixed))
    tensors.set(name, stretched(tensorOf(Float32Array.from(row)), [rows, row.length]));

  const run = (node: Node, index: number) => {
    const operator = OPERATORS.get(node.op) ?? lack("");
    const given = node.inputs.map((name) => tensors.get(name));
    for (let i = 0; i < operator.length - 1; i++) need(given[i], `lacks the input ${i}`);
    const made: Buffer[] = [];
    const isKnown = given.every((each) => !each || each.isKnown);
    const results = [
      operator({ node, index, memory, budget, isKnown, steps, made }, ...given),
    ].flat();
    const most = results.length;
    need(node.outputs.length <= most, `has more outputs than ${most}`);
    for (const [i, name] of node.outputs.entries()) {
      if (name) tensors.set(name, results[i]);
      results[i].buffer.uses += uses.get(name) ?? 0;
    }
    for (const each of given) if (each) memory.release(each.buffer);
    for (const buffer of made) memory.release(buffer);
  };
  for (const [index, node] of nodes.entries()) {
    try {
      run(node, index);
    } catch (error) {
      const op = node.op.slice(0, 100);
      const { message } = error as Error;
      if (error instanceof UnsupportedModelError) lack(`the operator ${op}${message && ` with ${message}`}`);
      throw new BadModelError(`its node ${index}, ${op}: ${message}`);
    }
  }

  const outputs = new Map<string, Tensor>();
  for (const [name, [, ...sides]] of expected) {
    const found = tensors.get(name)!;
    const { shape } = found;
    const isGood = !isWhole(found) && fits([rows, ...sides], shape);
    need(isGood, `gives ${shape}; expected ${[rows, ...sides]} as ${name}`);
    count(budget, shape, false);
    const own = tensorOf(new Float32Array(sizeOf(shape)), shape, false);
    steps.push(copier(found, own));
    outputs.set(name, own);
  }
  return { input, outputs, steps, bytes: budget.bytes() };
}
