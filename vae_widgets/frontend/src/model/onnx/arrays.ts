/** Arrays in an ONNX file. */
import { lack, need, needBetween, needSame } from "./errors.ts";
import type { Message } from "./protobuf.ts";

/** float32, or doubles for whole numbers and booleans. */
export type Numbers = Float32Array | Float64Array;

/** A constant array in row-major order. */
export interface Constant {
  shape: number[];
  numbers: Numbers;
  /** Whether the file has them as float16; `numbers` are the same ones in float32. */
  isHalf?: boolean;
}

export const MOST_DIMENSIONS = 8;

/** Number of a type in ONNX. */
export const FLOAT32 = 1;
export const BOOL = 9;
const FLOAT16 = 10;

const RAW_DATA = 9;

/**
 * By number of the type: the array of its bytes, the field in which its numbers may be, and their
 * limits, if they have any.
 */
const TYPES: Record<number, any> = {
  [FLOAT32]: [Float32Array, 4],
  6: [Int32Array, 5, -(2 ** 31), 2 ** 31 - 1],
  7: [BigInt64Array, 7],
  [BOOL]: [Uint8Array, 5, 0, 1],
};

/** Stored only: each is cast to float32 before anything is computed with it. */
const HALF = [Uint16Array, RAW_DATA];

/** What is known about a type of numbers; what has it is left to the kernel if that is nothing. */
export const typeOf = (number: number) =>
  TYPES[number] ?? lack(`numbers of the type ${number} of ONNX`);

/** The number that 16 bits stand for: IEEE 754, binary16. */
const fromHalf = (bits: number): number => {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24);
};

/** Read a TensorProto that `name` needs. */
export const readConstant = (message: Message, name: string): Constant => {
  const { 1: shape = [], 2: type, 13: external, 14: location } = message;
  need(!external && !location, "keeps weights in another file");
  const isHalf = type === FLOAT16;
  const [Bytes, ownField, least = -Infinity, most = Infinity] = isHalf ? HALF : typeOf(type);
  needBetween("rank", shape.length, 0, MOST_DIMENSIONS);
  for (const side of shape) needBetween("side", side, 0);
  const [field = RAW_DATA, ...more] = [4, 5, 7, RAW_DATA].filter((each) => each in message);
  need(!more.length && [RAW_DATA, ownField].includes(field), `has data of another type in ${name}`);
  let values = message[field] ?? [];
  const count = field === RAW_DATA ? values.length / Bytes.BYTES_PER_ELEMENT : values.length;
  const size = shape.reduce((a: number, b: number) => a * b, 1);
  needSame(`length of ${name}`, count, size);
  if (field === RAW_DATA) values = new Bytes(new Uint8Array(values).buffer); // which is aligned
  let numbers: Numbers;
  if (isHalf) numbers = Float32Array.from(values, fromHalf);
  else numbers = type === FLOAT32 ? new Float32Array(values) : Float64Array.from(values, Number);
  // NaN is within no limits, not even infinite ones.
  const good = numbers.every((value) => value >= least && value <= most);
  need(good, `has NaN or a number that is too large in ${name}`);
  return { shape, numbers, isHalf };
};
