/** Reads arrays of NumPy: the format NPY, versions 1 to 3 (numpy.lib.format). */

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const READERS: Record<string, [size: number, read: (view: DataView, at: number, little: boolean) => number]> = {
  f4: [4, (view, at, little) => view.getFloat32(at, little)],
  f8: [8, (view, at, little) => view.getFloat64(at, little)],
  u1: [1, (view, at) => view.getUint8(at)],
  b1: [1, (view, at) => view.getUint8(at)],
  i1: [1, (view, at) => view.getInt8(at)],
  u2: [2, (view, at, little) => view.getUint16(at, little)],
  i2: [2, (view, at, little) => view.getInt16(at, little)],
  u4: [4, (view, at, little) => view.getUint32(at, little)],
  i4: [4, (view, at, little) => view.getInt32(at, little)],
  i8: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  u8: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
};

export interface NpyArray {
  shape: number[];
  /** Number `index` of the array, row by row. */
  value(index: number): number;
}

/** Read an array; throws an error that says what is wrong with the file. */
export function readNpy(bytes: ArrayBuffer): NpyArray {
  const view = new DataView(bytes);
  const isNpy = bytes.byteLength > 10 && MAGIC.every((byte, i) => view.getUint8(i) === byte);
  if (!isNpy) throw new Error("it is no NPY file. Save the array with numpy.save.");
  const wide = view.getUint8(6) > 1;
  const start = wide ? 12 : 10;
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  if (start + length > bytes.byteLength) throw new Error("it is cut off.");
  const header = new TextDecoder("latin1").decode(new Uint8Array(bytes, start, length));
  const [, order, kind] = /'descr':\s*'([<>|=])([a-z]\d+)'/.exec(header) ?? [];
  const [, sides] = /'shape':\s*\(([\d,\s]*)\)/.exec(header) ?? [];
  const reader = Object.hasOwn(READERS, kind ?? "") ? READERS[kind] : null;
  if (!reader || sides === undefined) throw new Error("its array is not of numbers. Save it with dtype float32.");
  if (/'fortran_order':\s*True/.test(header)) {
    throw new Error("its array is stored column by column. Save numpy.ascontiguousarray(x).");
  }
  const shape = sides.split(",").filter((side) => side.trim()).map(Number);
  if (!shape.every(Number.isSafeInteger)) throw new Error("its header is damaged.");
  const count = shape.reduce((product, side) => product * side, 1);
  const [size, read] = reader;
  if (start + length + count * size > bytes.byteLength) throw new Error("it is cut off.");
  return { shape, value: (index) => read(view, start + length + index * size, order !== ">") };
}
