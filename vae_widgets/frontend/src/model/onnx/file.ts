/**
 * The content of an ONNX file, checked against a list of what is allowed, with the limits of
 * vae_widgets/bundle/onnx/model.py. No functions, no graphs within graphs, no operators of plug-ins,
 * no weights in other files. Fields are read by their numbers, which schema.ts names.
 */
import { type Constant, FLOAT32, readConstant } from "./arrays.ts";
import { lack, need, needBetween } from "./errors.ts";
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

/** The sides of a tensor; undefined for those that the file leaves open. */
export type OpenShape = (number | undefined)[];

/** Check the shape of one row of what has a name against the open shape of all its rows. */
export const needRow = (shapes: Map<string, OpenShape>, name: string, row: OpenShape): void => {
  const open = shapes.get(name)!;
  const sides = open.slice(1);
  const isGood =
    row.length === open.length - 1 &&
    row.every((side, i) => side !== undefined && side === (sides[i] ?? side));
  need(isGood, `has ${row} as a row of ${name}; expected ${sides}`);
};

/** A checked file; its nodes are in an order in which they can be run. */
export interface OnnxFile {
  opset: number;
  nodes: Node[];
  constants: Map<string, Constant>;
  /** Shapes by name, all float32. */
  inputs: Map<string, OpenShape>;
  outputs: Map<string, OpenShape>;
}

const PRINTABLE = /^(?:[^\p{C}\p{Z}]| )*$/u;

/** Read an ONNX file; `BadModelError` if it is damaged, ambiguous, or not allowed. */
export const readOnnx = (content: Uint8Array): OnnxFile => {
  const { 1: version, 7: graph, 8: opsets = [], 25: functions } = readMessage(content, MODEL);
  need(graph && !functions, "has no graph, or functions of its own");
  needBetween("ir_version", version, 4, 10);
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
  needBetween("number of nodes", messages.length, 0, 3000);
  const nodes: Node[] = [];
  for (const message of messages) {
    const node = readNode(message);
    for (const name of node.inputs) {
      need(!name || known.has(name), `does not define ${name} before`);
      if (node.op !== "Cast" && constants.get(name)?.isHalf) lack(`float16 numbers for ${node.op}`);
    }
    for (const name of node.outputs) if (name) add(known, name, node);
    if (node.op === "Constant") constants.set(node.outputs[0], readConstantNode(node));
    else nodes.push(node);
  }
  for (const name of shapes.outputs.keys())
    need(known.has(name) && !constants.get(name)?.isHalf, `lacks the output ${name}`);
  return { opset, nodes, constants, ...shapes };
};

const add = <T>(map: Map<string, T>, name: string, value: T): void => {
  need(!map.has(name), `has more than one ${name}`);
  map.set(name, value);
};

const readText = (content: Uint8Array = new Uint8Array()): string => {
  needBetween("length of a name", content.length, 0, 1000);
  const name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  need(PRINTABLE.test(name), "has a name that cannot be printed");
  return name;
};

const readTexts = (contents: Uint8Array[] = []) => contents.map((each) => readText(each));

const readOpset = (messages: Message[]): number => {
  const versions = new Map<string, number>();
  for (const { 1: domain, 2: version = 0 } of messages) {
    const name = readText(domain);
    // tf2onnx lists "ai.onnx.ml" too, and uses none of its operators.
    need(["", "ai.onnx.ml"].includes(name), `needs the operators of ${name}`);
    add(versions, name, version);
  }
  const version = versions.get("") ?? 0;
  needBetween("version of operators", version, 13, 18);
  return version;
};

const readValues = (messages: Message[]): Map<string, OpenShape> => {
  const shapes = new Map<string, OpenShape>();
  for (const { 1: content, 2: type } of messages) {
    const name = readText(content);
    const { 1: number, 2: shape } = type?.[1] ?? {};
    need(number === FLOAT32 && shape, `has no float32 shape for ${name}`);
    add(
      shapes,
      name,
      (shape[1] ?? []).map((side: Message) => side[1]),
    );
  }
  return shapes;
};

const readNode = (message: Message): Node => {
  const { 1: inputs, 2: outputs, 4: type, 5: given = [], 7: domain } = message;
  const op = readText(type);
  need(!readText(domain), `needs an operator of a plug-in: ${op}`);
  const node: Node = {
    op,
    inputs: readTexts(inputs),
    outputs: readTexts(outputs),
    attributes: new Map(),
  };
  need(node.outputs.some(Boolean), `has no outputs of ${op}`);
  for (const each of given) {
    const name = readText(each[1]);
    // The fields 2 to 9 hold values, of which 6 is a graph, and 7 to 9 are lists, which may be empty.
    // The number of the type is one less.
    const field = each[20] + 1;
    const fields = Object.keys(each).filter((key) => +key > 1 && +key < 10);
    const isThere = fields.length ? `${fields}` === `${field}` : field > 6;
    const isAllowed = field > 1 && field < 10 && field !== 6;
    need(isThere && isAllowed, `has a bad value for ${name} of ${op}`);
    add(node.attributes, name, readAttribute(each[field] ?? [], field, name));
  }
  return node;
};

const readAttribute = (value: any, field: number, name: string): AttributeValue => {
  if (field === 4) return readText(value);
  if (field === 5) {
    const constant = readConstant(value, name);
    return constant.isHalf ? lack(`float16 numbers in ${name}`) : constant;
  }
  return field === 9 ? readTexts(value) : value;
};

const readConstantNode = ({ inputs, outputs, attributes }: Node): Constant => {
  const [[name, value] = ["", ""], ...more] = attributes;
  const list = [value].flat() as number[];
  const isTensor = name === "value" && !!(value as Constant).numbers;
  const isNumbers = /^value_(int|float)s?$/.test(name) && list.every((x) => typeof x === "number");
  const isAlone = !inputs.length && outputs.length === 1 && !more.length;
  need(isAlone && (isTensor || isNumbers), "has a Constant without numbers");
  if (isTensor) return value as Constant;
  return {
    shape: Array.isArray(value) ? [list.length] : [],
    numbers: (name.includes("int") ? Float64Array : Float32Array).from(list),
  };
};
