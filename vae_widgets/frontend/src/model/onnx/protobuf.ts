/**
 * Read Protocol Buffers strictly, as vae_widgets/bundle/onnx/protobuf.py does.
 *
 * Messages with more than one reading are refused: overlong numbers, a second value of a field,
 * unknown fields, wrong wire types. See https://protobuf.dev/programming-guides/encoding.
 */
import { need, needBetween } from "./errors.ts";

/** Kinds of fields: numbers have that of their wire type; what is skipped is only checked. */
export const INT = 0;
export const BYTES = 2;
export const FLOAT = 5;
export const SKIP = null;
type Kind = typeof INT | typeof BYTES | typeof FLOAT | typeof SKIP | Schema;

/** Number of a field -> its kind, in a list if the field may be repeated. */
export interface Schema {
  [field: number]: Kind | [Kind];
}
/** The values by the numbers of their fields, those of repeated fields as lists. */
export type Message = Record<number, any>;

/** Return the values of a message, or throw `BadModelError` if it has not exactly one reading. */
export const readMessage = (content: Uint8Array, schema: Schema): Message => {
  const floats = new DataView(content.buffer, content.byteOffset);
  let at = 0;
  let fields = 0;

  const count = () => needBetween("number of fields", ++fields, 0, 2 ** 16);

  const readVarint = (end: number): bigint => {
    let value = 0n;
    let shift = 0n;
    for (let byte = 0x80; byte > 0x7f; shift += 7n) {
      need(at < end, "ends within a number");
      byte = content[at++];
      value |= BigInt(byte & 0x7f) << shift;
      need((byte || !shift) && value < 2n ** 64n, `has an overlong number before byte ${at}`);
    }
    return value;
  };

  const readValue = (end: number, kind: Kind): unknown => {
    // A number with a sign of 64 bits; beyond 2**53 it is rounded.
    if (kind === INT) return Number(BigInt.asIntN(64, readVarint(end)));
    if (kind && typeof kind === "object") return readFields(end, kind);
    const start = at;
    at = kind === FLOAT ? at + 4 : end;
    need(at <= end, "ends within a number");
    if (kind === FLOAT) return floats.getFloat32(start, true);
    return kind && content.subarray(start, end);
  };

  const readFields = (end: number, schema: Schema): Message => {
    const found: Message = {};
    while (at < end) {
      count();
      const tag = readVarint(end);
      const field = Number(tag >> 3n);
      const wireType = Number(tag & 7n);
      need(field in schema, `has the unknown field ${field} at byte ${at}`);
      const many = Array.isArray(schema[field]);
      const [kind] = [schema[field]].flat() as Kind[];
      const expected = typeof kind === "number" ? kind : BYTES;
      const isPacked = many && wireType === BYTES && expected !== BYTES;
      need(isPacked || wireType === expected, `has field ${field} with the wire type ${wireType}`);
      need(many || !(field in found), `has field ${field} twice`);
      const stop = wireType === BYTES ? Number(readVarint(end)) + at : end;
      need(stop <= end, `has field ${field} beyond its end`);
      if (!many) found[field] = readValue(stop, kind);
      else found[field] ??= [];
      for (let more = many; more && (!isPacked || at < stop); more = isPacked) {
        if (isPacked && kind === INT) count();
        found[field].push(readValue(stop, kind));
      }
    }
    return found;
  };

  return readFields(content.length, schema);
};
