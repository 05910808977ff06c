/** What is to be done for a number of rows: all shapes are known, checked and bounded before. */
import { BadModelError, UnsupportedModelError } from "./onnx/errors.ts";
import type { Node, OnnxFile } from "./onnx/file.ts";
import { Budget } from "./operators/budget.ts";
import { Call, constantOf } from "./operators/call.ts";
import type { Memory } from "./operators/memory.ts";
import { OPERATORS } from "./operators/table.ts";
import { isContiguous, rowMajor, sizeOf, type Tensor } from "./operators/tensor.ts";

/** A node that is none of ONNX: it hands a result over. */
const RESULT = "Result";

export interface Plan {
  inputs: Map<string, Tensor>;
  /** Results by name, in row-major order. */
  outputs: Map<string, Tensor>;
  steps: (() => void)[];
  /** Of all tensors. */
  bytes: number;
}

/** Plan a graph for inputs of these shapes; throw what `loadModel` rejects with. */
export function makePlan(
  file: OnnxFile,
  memory: Memory,
  shapes: Map<string, number[]>,
  rows: number,
): Plan {
  const constants = [...file.constants.values()];
  const budget = new Budget(
    rows,
    constants.reduce((sum, { data }) => sum + data.byteLength, 0),
  );
  memory.startPlan();
  const tensors = new Map<string, Tensor>();
  for (const [name, constant] of file.constants) tensors.set(name, constantOf(constant));
  const outputs = [...file.outputs.keys()];
  // Results are copied to row-major order; most are so already.
  const last = outputs.map((name) => ({
    op: RESULT,
    inputs: [name],
    outputs: [],
    attributes: new Map(),
  }));
  const uses = countUses([...file.nodes, ...last]);
  const inputs = new Map<string, Tensor>();
  for (const [name, shape] of shapes) {
    budget.addTensor(shape);
    const buffer = memory.allocate(sizeOf(shape));
    buffer.uses = 1 + (uses.get(name) ?? 0); // it is written again for the next rows
    const tensor: Tensor = {
      shape,
      strides: rowMajor(shape),
      offset: 0,
      kind: "float",
      buffer,
      isConstant: false,
    };
    inputs.set(name, tensor);
    tensors.set(name, tensor);
  }
  const steps: (() => void)[] = [];
  const run = (node: Node, index: number, operator: (call: Call) => Tensor[]): Tensor[] => {
    const given = node.inputs.map((name) => (name ? tensors.get(name) : undefined));
    for (const tensor of given) if (tensor) tensor.buffer.uses--;
    const call = new Call(node, index, given, memory, budget);
    const results = operator(call);
    if (node.outputs.length > results.length) {
      call.fail(`has ${node.outputs.length} outputs; expected ${results.length} at most`);
    }
    for (const [i, name] of node.outputs.entries()) {
      tensors.set(name, results[i]);
      results[i].buffer.uses += uses.get(name) ?? 0;
    }
    if (node.op === RESULT) results[0].buffer.uses++; // it is read after all steps
    steps.push(...call.steps);
    const touched = new Set([...given.flatMap((tensor) => tensor?.buffer ?? []), ...call.made]);
    for (const buffer of touched) if (buffer.inArena && buffer.uses === 0) memory.release(buffer);
    return results;
  };
  for (const [index, node] of file.nodes.entries()) {
    const operator = OPERATORS.get(node.op);
    if (!operator)
      throw new UnsupportedModelError(
        `the operator ${node.op.slice(0, 100)} does not run in the page`,
      );
    attempt(`its node ${index}, ${node.op}`, () => run(node, index, operator));
  }
  const results = new Map<string, Tensor>();
  for (const [i, node] of last.entries()) {
    const copy = (call: Call) => [
      isContiguous(call.input(0)) ? call.input(0) : call.copied(call.input(0)),
    ];
    const index = file.nodes.length + i;
    attempt(`its output ${node.inputs[0]}`, () => {
      results.set(node.inputs[0], run(node, index, copy)[0]);
    });
  }
  return { inputs, outputs: results, steps, bytes: budget.bytes };
}

function countUses(nodes: Node[]): Map<string, number> {
  const uses = new Map<string, number>();
  for (const { inputs } of nodes)
    for (const name of inputs) uses.set(name, (uses.get(name) ?? 0) + 1);
  return uses;
}

/** Say where an error was. */
function attempt(where: string, run: () => void): void {
  try {
    run();
  } catch (error) {
    if (error instanceof UnsupportedModelError) throw error;
    throw new BadModelError(`${where}: ${(error as Error).message}`);
  }
}
