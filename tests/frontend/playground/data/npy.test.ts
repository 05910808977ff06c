import assert from "node:assert/strict";
import { test } from "node:test";
import { readNpy } from "../../../../vae_widgets/frontend/src/playground/data/npy.ts";

/** A file as numpy.lib.format describes it. */
function npy(header: string, data: ArrayBuffer, version = 1): ArrayBuffer {
  const text = new TextEncoder().encode(`${header}\n`);
  const length = version > 1 ? 4 : 2;
  const bytes = new Uint8Array(8 + length + text.length + data.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), version, 0]);
  const view = new DataView(bytes.buffer);
  if (version > 1) view.setUint32(8, text.length, true);
  else view.setUint16(8, text.length, true);
  bytes.set(text, 8 + length);
  bytes.set(new Uint8Array(data), 8 + length + text.length);
  return bytes.buffer;
}

test("arrays of numbers are read in each version and byte order", () => {
  const header = (descr: string, shape: string) => `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  const floats = npy(header("<f4", "(2, 3)"), Float32Array.of(1, 2, 3, 4, 5, -6.5).buffer);
  const found = readNpy(floats);
  assert.deepEqual(found.shape, [2, 3]);
  assert.deepEqual([0, 5].map(found.value), [1, -6.5]);
  assert.equal(readNpy(npy(header("|u1", "(3,)"), Uint8Array.of(7, 8, 255).buffer, 2)).value(2), 255);
  assert.equal(readNpy(npy(header("<i8", "(1,)"), BigInt64Array.of(-3n).buffer)).value(0), -3);
  const big = new DataView(new ArrayBuffer(8));
  big.setFloat64(0, 0.25);
  assert.equal(readNpy(npy(header(">f8", "(1,)"), big.buffer)).value(0), 0.25);
});

test("a file that is something else is refused with what helps", () => {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
  const whole = npy(header, new ArrayBuffer(24));
  assert.throws(() => readNpy(new TextEncoder().encode("a,b,c\n1,2,3\n").buffer as ArrayBuffer), /no NPY file/);
  assert.throws(() => readNpy(new ArrayBuffer(3)), /no NPY file/);
  assert.throws(() => readNpy(whole.slice(0, -1)), /cut off/);
  assert.throws(() => readNpy(npy(header.replace("(2, 3)", "(2 3, 1)"), new ArrayBuffer(24))), /header is damaged/);
  assert.throws(() => readNpy(npy(header.replace("(2,", `(${"9".repeat(400)},`), new ArrayBuffer(24))), /header is damaged/);
  assert.throws(() => readNpy(npy(header.replace("<f4", "|O"), new ArrayBuffer(48))), /not of numbers/);
  assert.throws(() => readNpy(npy(header.replace("False", "True"), new ArrayBuffer(24))), /ascontiguousarray/);
});
