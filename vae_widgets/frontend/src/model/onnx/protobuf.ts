/**
 * Read Protocol Buffers strictly, as vae_widgets/bundle/onnx/protobuf.py does.
 *
 * Messages with more than one reading are refused: overlong numbers, a second value of a field,
 * unknown fields, wrong wire types. See https://protobuf.dev/programming-guides/encoding.
 */
import { BadModelError } from "./errors.ts";

/**
 * Number of a field -> its name and kind. "float" and "floats" have 4 bytes each, "skip" is
 * dropped. A list holds the kind of the elements of a repeated field.
 */
export interface Schema {
  [number: number]: [name: string, kind: Kind];
}
type Kind =
  "int" | "ints" | "float" | "floats" | "bytes" | "skip" | Schema | ["bytes" | "skip" | Schema];
/** The values by name, those of repeated fields as lists. The schema says what each is. */
export type Message = Record<string, any>;

const MOST_FIELDS = 2 ** 16;
const VARINT = 0;
const LENGTH = 2;
const FIXED32 = 5;

/** Return the values of a message, or throw `BadModelError` if it has not exactly one reading. */
export function readMessage(content: Uint8Array, schema: Schema): Message {
  return new Reader(content).message(0, content.length, schema);
}

class Reader {
  readonly #content: Uint8Array;
  #fields = 0;
  #at = 0;

  constructor(content: Uint8Array) {
    this.#content = content;
  }

  message(start: number, end: number, schema: Schema): Message {
    const found: Message = {};
    this.#at = start;
    while (this.#at < end) {
      this.#count();
      const tag = this.#varint(end);
      const number = Number(tag >> 3n);
      const wireType = Number(tag & 7n);
      if (!Object.hasOwn(schema, number)) {
        throw new BadModelError(`it has the unknown field ${number} at byte ${this.#at}`);
      }
      const [name, kind] = schema[number];
      const numbers = kind === "ints" || kind === "floats";
      const many = numbers || Array.isArray(kind);
      if (name in found && !many) throw new BadModelError(`it has '${name}' twice`);
      const isInt = kind === "int" || kind === "ints";
      const expected = isInt ? VARINT : kind === "float" || kind === "floats" ? FIXED32 : LENGTH;
      const packed = wireType === LENGTH && numbers;
      if (wireType !== expected && !packed) {
        throw new BadModelError(`its '${name}' has the wire type ${wireType}`);
      }
      let value: unknown;
      if (wireType === VARINT) value = this.#number(end);
      else {
        const length = wireType === LENGTH ? Number(this.#varint(end)) : 4;
        const stop = this.#at + length;
        if (stop > end) throw new BadModelError(`its '${name}' runs beyond its end`);
        value = this.#value(stop, kind, packed);
        this.#at = stop;
      }
      if (!many) found[name] = value;
      else if (packed && kind === "ints") {
        const list = (found[name] ??= []);
        for (const each of value as number[]) list.push(each);
      } else (found[name] ??= []).push(value);
    }
    return found;
  }

  #value(stop: number, kind: Kind, packed: boolean): unknown {
    const start = this.#at;
    const element = Array.isArray(kind) ? kind[0] : kind;
    if (typeof element !== "string") return this.message(start, stop, element);
    if (element === "skip") return null;
    if (element === "floats" && (stop - start) % 4) {
      throw new BadModelError("it has floats of less than four bytes");
    }
    if (!packed || element !== "ints") return this.#content.subarray(start, stop);
    const values: number[] = [];
    while (this.#at < stop) {
      this.#count();
      values.push(this.#number(stop));
    }
    return values;
  }

  #count(): void {
    if (++this.#fields > MOST_FIELDS) {
      throw new BadModelError(`it has more than ${MOST_FIELDS} fields`);
    }
  }

  /** A number with a sign of 64 bits; beyond 2**53 it is rounded. */
  #number(end: number): number {
    return Number(BigInt.asIntN(64, this.#varint(end)));
  }

  #varint(end: number): bigint {
    let value = 0n;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#at >= end) throw new BadModelError("it ends within a number");
      const byte = this.#content[this.#at++];
      value |= BigInt(byte & 0x7f) << BigInt(shift);
      if (byte < 0x80) {
        if ((shift && !byte) || value >= 2n ** 64n) break;
        return value;
      }
    }
    throw new BadModelError(`the number before byte ${this.#at} has too many bytes`);
  }
}
