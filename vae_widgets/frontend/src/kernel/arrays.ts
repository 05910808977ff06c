/** Arrays as they are sent: bytes with a dtype and a shape (widgets/traits/array.py). */

export interface WireArray {
  dtype: string;
  shape: number[];
  data: DataView;
}

export type TypedArray = Float32Array | Uint8Array | Uint32Array | Int32Array | Float64Array;

const KINDS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  uint8: Uint8Array,
} as const;

/**
 * Rows as one bit for each row of all, the lowest bit first (widgets/traits/index_set.py). Jupyter's server ends the
 * connection of a page that sends more than 10 MB at once: a list of 2.6 million rows.
 */
const BITS = "bits";
/** Fewer rows are sent as a list. */
const FEWEST_IN_BITS = 2 ** 18;

/**
 * Fill an array with values of its indices, and return it. `Float32Array.from` with a function makes
 * a list of all values first: ten million take a second in place of a twentieth.
 */
export function filled<T extends TypedArray | Int16Array>(array: T, valueAt: (index: number) => number): T {
  for (let i = 0; i < array.length; i++) array[i] = valueAt(i);
  return array;
}

/** The rows below `n` for which a condition holds. */
export function rowsWhere(n: number, holds: (row: number) => boolean): Uint32Array {
  const rows = new Uint32Array(n);
  let count = 0;
  for (let row = 0; row < n; row++) if (holds(row)) rows[count++] = row;
  return rows.slice(0, count);
}

/** The texts of a JSON list, such as the entries of a pandas index; null for null. */
export function readTexts(json: DataView | null): string[] | null {
  return json && JSON.parse(new TextDecoder().decode(json));
}

/** Typed array of a wire array. Copies only where the bytes are not aligned, and for rows sent as bits. */
export function readArray<T extends TypedArray = Float32Array>(wire: WireArray): T {
  if (wire.dtype === BITS) return readBits(wire) as TypedArray as T;
  const Kind = KINDS[wire.dtype as keyof typeof KINDS];
  if (!Kind) throw new TypeError(`unknown dtype ${wire.dtype}`);
  const { buffer, byteOffset, byteLength } = wire.data;
  const length = byteLength / Kind.BYTES_PER_ELEMENT;
  if (byteOffset % Kind.BYTES_PER_ELEMENT === 0) {
    return new Kind(buffer as ArrayBuffer, byteOffset, length) as T;
  }
  return new Kind(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer) as T;
}

/** Return kept row numbers, or throw if they are not all below `n`. */
export function checkRows(wire: WireArray, n: number): WireArray {
  const rows = readArray<Uint32Array>(wire);
  if (!["uint32", BITS].includes(wire.dtype) || wire.shape.length !== 1 || wire.shape[0] !== rows.length) {
    throw new TypeError("no list of rows");
  }
  if (!rows.every((row) => row < n)) throw new RangeError("rows of other data");
  return wire;
}

/** Wire array of a typed array. A view is copied, because its whole buffer would be sent. */
export function writeArray(array: TypedArray, shape: number[] = [array.length]): WireArray {
  const own = array.byteLength === array.buffer.byteLength ? array : array.slice();
  const dtype = Object.entries(KINDS).find(([, Kind]) => array instanceof Kind)![0];
  return { dtype, shape, data: new DataView(own.buffer) };
}

/** Wire array of ascending rows below `n`: a list, or bits where these are shorter and the list is long. */
export function writeRows(rows: Uint32Array, n: number): WireArray {
  if (rows.length < FEWEST_IN_BITS || 32 * rows.length < n) return writeArray(rows);
  const bits = new Uint8Array(Math.ceil(n / 8));
  for (const row of rows) bits[row >>> 3] |= 1 << (row & 7);
  return { dtype: BITS, shape: [rows.length], data: new DataView(bits.buffer) };
}

function readBits({ shape: [count], data }: WireArray): Uint32Array {
  if (!(count <= 8 * data.byteLength)) throw new RangeError(`${count} rows in ${data.byteLength} bytes`);
  const rows = new Uint32Array(count);
  let found = 0;
  for (let at = 0; at < data.byteLength; at++) {
    for (let byte = data.getUint8(at), row = 8 * at; byte; byte >>>= 1, row++) if (byte & 1) rows[found++] = row;
  }
  if (found !== count) throw new RangeError(`${found} rows where ${count} were announced`);
  return rows;
}
