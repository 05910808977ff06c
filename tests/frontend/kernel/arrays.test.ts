import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRows, filled, readArray, rowsWhere, writeArray, writeRows } from "../../../vae_widgets/frontend/src/kernel/arrays.ts";

test("arrays of every dtype survive the way there and back", () => {
  for (const array of [
    Float32Array.of(1.5, -2, NaN),
    Float64Array.of(Math.PI),
    Int32Array.of(-1, 2 ** 31 - 1),
    Uint32Array.of(0, 2 ** 32 - 1),
    Uint8Array.of(0, 255),
    new Float32Array(0),
  ]) {
    const wire = writeArray(array);
    assert.deepEqual(wire.shape, [array.length]);
    assert.deepEqual(readArray(wire), array);
  }
});

test("an array is filled by index, and rounds like its kind", () => {
  const array = new Uint8Array(3);
  assert.equal(
    filled(array, (i) => 2 * i + 0.5),
    array,
  );
  assert.deepEqual(array, Uint8Array.of(0, 2, 4));
  assert.deepEqual(
    filled(new Int16Array(2), (i) => -i),
    Int16Array.of(0, -1),
  );
});

test("a view in the middle of a buffer is read from where it starts", () => {
  const bytes = new Uint8Array(20);
  bytes.set(new Uint8Array(Float32Array.of(7, 8).buffer), 4);
  const aligned = { dtype: "float32", shape: [2], data: new DataView(bytes.buffer, 4, 8) };
  assert.deepEqual([...readArray(aligned)], [7, 8]);
  bytes.set(new Uint8Array(Float32Array.of(7, 8).buffer), 5);
  const odd = { dtype: "float32", shape: [2], data: new DataView(bytes.buffer, 5, 8) };
  assert.deepEqual([...readArray(odd)], [7, 8]);
});

test("a view over part of a buffer does not send the whole buffer", () => {
  const part = new Uint32Array(1000).subarray(10, 12);
  assert.equal(writeArray(part).data.buffer.byteLength, 8);
});

test("an unknown dtype is named", () => {
  const wire = { dtype: "float16", shape: [0], data: new DataView(new ArrayBuffer(0)) };
  assert.throws(() => readArray(wire), /unknown dtype float16/);
});

test("many rows are sent as bits, few as a list", () => {
  const n = 3_000_000;
  for (const step of [1, 3, 100]) {
    const rows = rowsWhere(n, (row) => row % step === 0);
    const wire = writeRows(rows, n);
    assert.equal(wire.dtype, step < 100 ? "bits" : "uint32");
    assert.equal(wire.data.byteLength, step < 100 ? n / 8 : 4 * rows.length);
    assert.deepEqual(wire.shape, [rows.length]);
    assert.deepEqual(readArray<Uint32Array>(checkRows(wire, n)), rows);
    assert.throws(() => checkRows(wire, n - 100), /rows of other data/);
  }
});

test("bits that do not hold the number of rows are refused", () => {
  const wire = { dtype: "bits", shape: [2], data: new DataView(Uint8Array.of(7).buffer) };
  assert.throws(() => readArray(wire), /3 rows where 2 were announced/);
  // Named before memory is taken for them.
  assert.throws(() => readArray({ ...wire, shape: [4_000_000_000] }), /4000000000 rows in 1 bytes/);
  assert.throws(() => readArray({ ...wire, shape: [] }), /undefined rows in 1 bytes/);
});
