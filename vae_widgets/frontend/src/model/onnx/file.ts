/**
 * The content of an ONNX file, checked against a list of what is allowed, with the limits of
 * vae_widgets/bundle/onnx/model.py. No functions, no graphs within graphs, no operators of plug-ins,
 * no weights in other files. Fields are read by their numbers, which schema.ts names.
 */
import { type Constant, FLOAT32, readConstant } from "./arrays.ts";
import { need } from "./errors.ts";
import { type Message, readMessage } from "./protobuf.ts";
import { MODEL } from "./schema.ts";

export type AttributeValue = number | string | number[] | string[] | Constant;

/** One operation; the name "" stands for an input or output that is left out. */
export interface Node {
  op: string;
  inputs: string[];
  outputs: string[];
  attributes: Map<string, AttributeValue>;
}

/** The sides of a tensor; null for those that the file leaves open. */
export type OpenShape = (number | null)[];

/** Whether a shape is one of those that an open shape stands for. */
export function fits(open: OpenShape, shape: OpenShape): boolean {
  return (
    open.length === shape.length && open.every((side, i) => side === null || side === shape[i])
  );
}

/** A checked file; its nodes are in an order in which they can be run. */
export interface OnnxFile {
  opset: number;
  nodes: Node[];
  constants: Map<string, Constant>;
  /** Shapes by name, all float32. */
  inputs: Map<string, OpenShape>;
  outputs: Map<string, OpenShape>;
}

const MOST_NODES = 3000;
const LONGEST_NAME = 1000;
const PRINTABLE = /^(?:[^\p{C}\p{Z}]| )*$/u;

// The fields of an attribute that hold its value.
const [FIRST_VALUE, STRING, TENSOR, GRAPH, FLOATS, STRINGS] = [2, 4, 5, 6, 7, 9];

/** Read an ONNX file; `BadModelError` if it is damaged, ambiguous, or not allowed. */
export function readOnnx(content: Uint8Array): OnnxFile {
  const { 1: version, 7: graph, 8: opsets = [], 25: functions } = readMessage(content, MODEL);
  need(graph, "has no graph");
  need(!functions, "has functions of its own");
  need(version >= 4 && version <= 10, `has the ir_version ${version}; expected 4 to 10`);
  const opset = readOpset(opsets);
  const { 1: messages = [], 5: initializers = [], 11: inputs = [], 12: outputs = [] } = graph;
  const shapes = { inputs: readValues(inputs), outputs: readValues(outputs) };
  const known = new Map<string, unknown>(shapes.inputs);
  const constants = new Map<string, Constant>();
  for (const tensor of initializers) {
    const name = readText(tensor[8]);
    add(known, name, tensor);
    constants.set(name, readConstant(tensor, name));
  }
  need(messages.length <= MOST_NODES, `has ${messages.length} nodes; expected ${MOST_NODES} at most`);
  const nodes: Node[] = [];
  for (const message of messages) {
    const node = readNode(message);
    for (const name of node.inputs) need(!name || known.has(name), `does not define ${name} before`);
    for (const name of node.outputs) if (name) add(known, name, node);
    if (node.op === "Constant") constants.set(node.outputs[0], readConstantNode(node));
    else nodes.push(node);
  }
  for (const name of shapes.outputs.keys()) need(known.has(name), `lacks the output ${name}`);
  return { opset, nodes, constants, ...shapes };
}

function add<T>(map: Map<string, T>, name: string, value: T): void {
  need(!map.has(name), `has more than one ${name}`);
  map.set(name, value);
}

function readText(content: Uint8Array = new Uint8Array()): string {
  need(content.length <= LONGEST_NAME, `has a name of ${content.length} bytes`);
  let name = "\n";
  try {
    name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    // It is refused below.
  }
  need(PRINTABLE.test(name), "has a name that cannot be printed");
  return name;
}

function readOpset(messages: Message[]): number {
  const versions = new Map<string, number>();
  for (const { 1: domain, 2: version = 0 } of messages) {
    const name = readText(domain);
    // tf2onnx lists "ai.onnx.ml" too, and uses none of its operators.
    need(["", "ai.onnx.ml"].includes(name), `needs the operators of ${name}`);
    add(versions, name, version);
  }
  const version = versions.get("") ?? 0;
  need(version >= 13 && version <= 18, `has operators of version ${version}; expected 13 to 18`);
  return version;
}

function readValues(messages: Message[]): Map<string, OpenShape> {
  const shapes = new Map<string, OpenShape>();
  for (const { 1: content, 2: type } of messages) {
    const name = readText(content);
    const { 1: number, 2: shape } = type?.[1] ?? {};
    need(number === FLOAT32 && shape, `has no float32 shape for ${name}`);
    add(
      shapes,
      name,
      (shape[1] ?? []).map((side: Message) => side[1] ?? null),
    );
  }
  return shapes;
}

function readNode(message: Message): Node {
  const { 1: inputs = [], 2: outputs = [], 4: type, 5: given = [], 7: domain } = message;
  const op = readText(type);
  need(!readText(domain), `needs operators that are not of ONNX itself: ${op}`);
  const node: Node = {
    op,
    inputs: inputs.map((name: Uint8Array) => readText(name)),
    outputs: outputs.map((name: Uint8Array) => readText(name)),
    attributes: new Map(),
  };
  need(node.outputs.some(Boolean), `has no outputs of ${op}`);
  for (const each of given) {
    const name = readText(each[1]);
    // Types are numbered as the fields of their values are, from 1 on rather than from 2.
    const field = each[20] + 1;
    const fields = Object.keys(each).map(Number);
    const values = fields.filter((each) => each >= FIRST_VALUE && each <= STRINGS);
    const isAllowed = field >= FIRST_VALUE && field <= STRINGS && field !== GRAPH;
    const isThere = values.length ? `${values}` === `${field}` : field >= FLOATS;
    need(isAllowed && isThere, `has no value that is allowed for ${name} of ${op}`);
    add(node.attributes, name, readAttribute(each[field] ?? [], field, name));
  }
  return node;
}

function readAttribute(value: any, field: number, name: string): AttributeValue {
  if (field === TENSOR) return readConstant(value, name);
  if (field === STRING) return readText(value);
  return field === STRINGS ? value.map((each: Uint8Array) => readText(each)) : value;
}

function readConstantNode({ inputs, outputs, attributes }: Node): Constant {
  const [[name, value] = ["", ""], ...more] = attributes;
  const [, kind] = /^value(?:_(int|float)s?)?$/.exec(name) ?? [];
  const isAlone = !inputs.length && outputs.length === 1 && !more.length;
  if (isAlone && typeof value === "object" && "data" in value) {
    if (name === "value") return value;
  }
  const list = [value].flat() as number[];
  const isNumbers = list.every((each) => typeof each === "number");
  need(isAlone && kind && isNumbers, "has a Constant without numbers");
  return {
    shape: Array.isArray(value) ? [list.length] : [],
    data: kind === "int" ? Float64Array.from(list) : Float32Array.from(list),
  };
}
