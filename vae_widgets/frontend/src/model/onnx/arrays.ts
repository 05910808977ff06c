/** Arrays in an ONNX file. */
import { BadModelError, UnsupportedModelError } from "./errors.ts";
import type { Message } from "./protobuf.ts";

/** What the numbers of a tensor stand for; whole numbers and booleans are kept as doubles. */
export type NumberKind = "float" | "int" | "bool";

/** A constant array in row-major order. */
export interface Constant {
  kind: NumberKind;
  shape: number[];
  data: Float32Array | Float64Array;
}

export const MOST_DIMENSIONS = 8;

/** Number of a type in ONNX -> what it is here. */
const KINDS = new Map<number, NumberKind>([
  [1, "float"],
  [6, "int"],
  [7, "int"],
  [9, "bool"],
]);
const BYTES: Record<number, number> = { 1: 4, 6: 4, 7: 8, 9: 1 };
/** The fields in which the numbers of a type may be, beside raw_data. */
const FIELDS: Record<number, string> = {
  1: "float_data",
  6: "int32_data",
  7: "int64_data",
  9: "int32_data",
};

/** What the type with this number in ONNX is here; `what` needs it. */
export function kindOf(number: number, what: string): NumberKind {
  const kind = KINDS.get(number);
  if (!kind) {
    const expected = "float32, int32, int64 and bool run in the page";
    throw new UnsupportedModelError(`${what} has the type ${number} of ONNX; ${expected}`);
  }
  return kind;
}

export function need(good: unknown, problem: string): asserts good {
  if (!good) throw new BadModelError(`it ${problem}`);
}

/** Read a TensorProto that `name` needs. */
export function readConstant(message: Message, name: string): Constant {
  const { dims: shape = [], data_type: type = 0 } = message as {
    dims?: number[];
    data_type?: number;
  };
  need(!("external_data" in message) && !message.data_location, "keeps weights in another file");
  const kind = kindOf(type, `'${name}'`);
  need(
    shape.length <= MOST_DIMENSIONS && shape.every((side) => side >= 0),
    `has '${name}' of the shape ${shape.slice(0, 10)}`,
  );
  const [field = "raw_data", ...more] = Object.keys(message).filter((key) => key.endsWith("_data"));
  need(
    !more.length && (field === "raw_data" || field === FIELDS[type]),
    `has '${name}' with data in '${field}'`,
  );
  const size = shape.reduce((a, b) => a * b, 1);
  const values = message[field] ?? new Uint8Array(0);
  if (field === "int32_data" || field === "int64_data") {
    const limit = kind === "bool" ? 1 : field === "int32_data" ? 2 ** 31 - 1 : Infinity;
    const least = kind === "bool" ? 0 : -limit - 1;
    need(
      values.every((value: number) => least <= value && value <= limit) && values.length === size,
      `has '${name}' with ${values.length} numbers for the shape ${shape}, or too large ones`,
    );
    return { kind, shape, data: Float64Array.from(values as number[]) };
  }
  const bytes = field === "raw_data" ? (values as Uint8Array) : joined(values as Uint8Array[]);
  need(
    bytes.length === size * BYTES[type],
    `has '${name}' with ${bytes.length} bytes for the shape ${shape}`,
  );
  const { buffer } = bytes.slice(); // which is aligned
  if (kind === "float") {
    const data = new Float32Array(buffer);
    need(!data.some(Number.isNaN), `has '${name}' with NaN`);
    return { kind, shape, data };
  }
  if (kind === "bool")
    need(
      bytes.every((byte) => byte < 2),
      "has a bool 2",
    );
  const numbers =
    kind === "bool" ? bytes : type === 6 ? new Int32Array(buffer) : new BigInt64Array(buffer);
  return { kind, shape, data: Float64Array.from(numbers as ArrayLike<number>, Number) };
}

function joined(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
