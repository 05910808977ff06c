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
 * Fill an array with values of its indices, and return it. `Float32Array.from` with a function makes
 * a list of all values first: ten million take a second in place of a twentieth.
 */
export function filled<T extends TypedArray | Int16Array>(array: T, valueAt: (index: number) => number): T {
  for (let i = 0; i < array.length; i++) array[i] = valueAt(i);
  return array;
}

/** The texts of a JSON list, such as the entries of a pandas index; null for null. */
export function readTexts(json: DataView | null): string[] | null {
  return json && JSON.parse(new TextDecoder().decode(json));
}

/** Typed array of a wire array. Copies only where the bytes are not aligned. */
export function readArray<T extends TypedArray = Float32Array>(wire: WireArray): T {
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
  if (wire.dtype !== "uint32" || wire.shape.length !== 1 || wire.shape[0] !== rows.length) {
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
