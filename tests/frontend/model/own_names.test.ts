import assert from "node:assert/strict";
import { test } from "node:test";
import { OWN_NAMES } from "../../../vae_widgets/frontend/own_names.mjs";

// All objects of JavaScript and of the browser that the runtime touches.
const TOUCHED = [
  ...[Array, BigInt, Boolean, Error, Function, Map, Number, Object, Promise, RegExp, Set, String],
  ...[BigInt64Array, Float32Array, Float64Array, Int32Array, Uint8Array, ArrayBuffer, DataView],
  ...[Blob, DecompressionStream, ReadableStream, Response, TextDecoder, WeakMap],
  ...[Math, WebAssembly, WebAssembly.Instance, WebAssembly.Memory],
];
const FIELDS = ["decoder", "encoder", "label", "latentDim", "sampleShape", "canEncode", "decode"];
const MORE = ["encode", "zMean", "zLogVar", "memory", "multiply", "relu"];

function namesOf(object: any): string[] {
  if (!object) return [];
  return [...Object.getOwnPropertyNames(object), ...namesOf(Object.getPrototypeOf(object))];
}

test("the bundle renames no property of what it does not own", () => {
  const theirs = TOUCHED.flatMap((each: any) => [...namesOf(each), ...namesOf(each.prototype)]);
  assert.deepEqual(
    [...theirs, ...FIELDS, ...MORE].filter((name) => OWN_NAMES.test(name)),
    [],
  );
  assert.ok(OWN_NAMES.test("shape") && !OWN_NAMES.test("shapely"));
});
