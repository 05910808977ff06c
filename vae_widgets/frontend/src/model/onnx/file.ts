/**
 * The content of an ONNX file, checked against a list of what is allowed, with the limits of
 * vae_widgets/bundle/onnx/model.py. No functions, no graphs within graphs, no operators of plug-ins,
 * no weights in other files.
 */
import { type Constant, need, readConstant } from "./arrays.ts";
import { type Message, readMessage } from "./protobuf.ts";
import { ATTRIBUTE_FIELDS, MODEL } from "./schema.ts";

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
const FLOAT = 1;
const PRINTABLE = /^(?:[^\p{C}\p{Z}]| )*$/u;

/** Read an ONNX file; `BadModelError` if it is damaged, ambiguous, or not allowed. */
export function readOnnx(content: Uint8Array): OnnxFile {
  const model = readMessage(content, MODEL);
  need(model.graph, "has no graph");
  need(!("functions" in model), "has functions of its own");
  const { ir_version: version = 0, graph } = model;
  const opset = readOpset(model.opset_import ?? []);
  need(version >= 4 && version <= 10, `has the ir_version ${version}`);
  const inputs = readValues(graph.input ?? []);
  const outputs = readValues(graph.output ?? []);
  const constants = new Map<string, Constant>();
  const known = new Set(inputs.keys());
  const define = (name: string) => {
    need(!known.has(name), `defines '${short(name)}' twice`);
    known.add(name);
  };
  for (const tensor of graph.initializer ?? []) {
    const name = text(tensor.name);
    define(name);
    constants.set(name, readConstant(tensor, short(name)));
  }
  const messages: Message[] = graph.node ?? [];
  need(messages.length <= MOST_NODES, `has ${messages.length} nodes, more than ${MOST_NODES}`);
  const nodes: Node[] = [];
  for (const message of messages) {
    const node = readNode(message);
    for (const name of node.inputs) {
      need(!name || known.has(name), `uses '${short(name)}' before it is defined`);
    }
    for (const name of node.outputs) if (name) define(name);
    if (node.op === "Constant") constants.set(node.outputs[0], readConstantNode(node));
    else nodes.push(node);
  }
  for (const name of outputs.keys()) need(known.has(name), `lacks the output '${short(name)}'`);
  return { opset, nodes, constants, inputs, outputs };
}

function short(name: string): string {
  return name.slice(0, 100);
}

function text(content: Uint8Array = new Uint8Array(0)): string {
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
  for (const { domain, version = 0 } of messages) {
    const name = text(domain);
    need(!versions.has(name), `has the domain '${short(name)}' twice`);
    // tf2onnx lists "ai.onnx.ml" too, and uses none of its operators.
    need(["", "ai.onnx.ml"].includes(name), `needs operators of '${short(name)}'`);
    versions.set(name, version);
  }
  const version = versions.get("") ?? 0;
  need(version >= 13 && version <= 18, `has operators of version ${version}; expected 13 to 18`);
  return version;
}

function readValues(messages: Message[]): Map<string, OpenShape> {
  const shapes = new Map<string, OpenShape>();
  for (const { name: content, type } of messages) {
    const name = text(content);
    const tensor = type?.tensor_type;
    need(!shapes.has(name), `has '${short(name)}' twice`);
    need(tensor?.elem_type === FLOAT, `has '${short(name)}', which is not float32`);
    need(tensor.shape, `has '${short(name)}' without a shape`);
    const sides: Message[] = tensor.shape.dim ?? [];
    shapes.set(
      name,
      sides.map((side) => side.dim_value ?? null),
    );
  }
  return shapes;
}

function readNode(message: Message): Node {
  const op = text(message.op_type);
  const domain = text(message.domain);
  need(!domain, `needs operators of '${short(domain)}'; expected only those of ONNX itself`);
  const attributes: Node["attributes"] = new Map();
  for (const each of message.attribute ?? []) {
    const name = text(each.name);
    need(!attributes.has(name), `has a ${short(op)} with '${short(name)}' twice`);
    const field = ATTRIBUTE_FIELDS[each.type] ?? "";
    const others = Object.keys(each).filter(
      (key) => !["name", "type", "doc_string", field].includes(key),
    );
    need(
      field && !others.length,
      `uses '${short(op)}' with '${short(name)}', which is not allowed`,
    );
    need(
      field in each || (field.endsWith("s") && field !== "s"),
      `has a ${short(op)} without a '${short(name)}'`,
    );
    attributes.set(name, readAttribute(each[field] ?? [], field, name));
  }
  const [inputs, outputs] = [message.input ?? [], message.output ?? []].map((names: Uint8Array[]) =>
    names.map(text),
  );
  need(outputs.some(Boolean), `has a ${short(op)} without outputs`);
  return { op, inputs, outputs, attributes };
}

function readAttribute(value: any, field: string, name: string): AttributeValue {
  const float = (bytes: Uint8Array) =>
    new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true);
  if (field === "f") return float(value);
  if (field === "floats") {
    const parts = value as Uint8Array[];
    return parts.flatMap((part) =>
      Array.from({ length: part.length / 4 }, (_, i) => float(part.subarray(4 * i))),
    );
  }
  if (field === "t") return readConstant(value, short(name));
  if (field === "s") return text(value);
  if (field === "strings") return (value as Uint8Array[]).map(text);
  return value;
}

function readConstantNode({ inputs, outputs, attributes }: Node): Constant {
  need(!inputs.length && outputs.length === 1, "has a Constant with inputs");
  const [[name, value] = ["", 0]] = attributes;
  const good = attributes.size === 1 && /^value(_(int|float)s?)?$/.test(name);
  need(good, "has a Constant without a tensor");
  if (name === "value") {
    need(typeof value === "object" && "data" in value, "has a Constant without a tensor");
    return value as Constant;
  }
  const list = [value].flat() as number[];
  const isNumbers = list.every((each) => typeof each === "number");
  need(isNumbers, "has a Constant without numbers");
  const kind = name.includes("int") ? "int" : "float";
  const data = kind === "int" ? Float64Array.from(list) : Float32Array.from(list);
  return { kind, shape: Array.isArray(value) ? [list.length] : [], data };
}
