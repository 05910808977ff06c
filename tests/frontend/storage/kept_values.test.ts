import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRows, writeArray } from "../../../vae_widgets/frontend/src/kernel/arrays.ts";
import { encode, goodValues } from "../../../vae_widgets/frontend/src/storage/kept_values.ts";

test("values of traits are kept by their own names, and where they can be what they say", () => {
  const words = {
    threshold: (value: number) => `the threshold ${value.toFixed(2)}`,
    selection: (value: any) => String(checkRows(value, 5).shape[0]),
  };
  const of = (value: unknown) => ({ value: encode(value), kernel: "k0", heard: true });
  const rows = (...all: number[]) => writeArray(new Uint32Array(all));
  const good = { threshold: of(0.5), selection: of(rows(0, 4)) };
  assert.deepEqual(goodValues(good, words), good);
  for (const stored of [null, 1, "text", [], [1], { threshold: null }, { threshold: 5 }, { threshold: { value: 5 } }]) {
    assert.deepEqual(goodValues(stored, words), {});
  }
  // Each bad value is left out, the good one beside it stays.
  const bad = [
    of(rows(5)), of({ ...rows(1), shape: [1e9] }), of({ ...rows(1), dtype: "float64" }), of({ ...rows(1), dtype: "constructor" }),
    of(writeArray(new Float32Array(1))), of({ base64: "%%%" }), of({ dtype: "uint32", shape: [1], data: { base64: 5 } }),
    of(null), of("0"), { ...of(rows(1)), kernel: 5 }, { ...of(rows(1)), heard: "yes" },
  ];
  for (const selection of bad) {
    assert.deepEqual(goodValues({ threshold: of(0.5), selection }, words), { threshold: good.threshold }, JSON.stringify(selection));
  }
  const sent = JSON.parse('{"__proto__": {"value": 1, "kernel": "k0", "heard": true}, "constructor": {"value": 1, "kernel": "k0", "heard": false}}');
  assert.deepEqual(goodValues(sent, words), {});
  // What an object inherits is none of its values.
  assert.deepEqual(goodValues(Object.create(good), words), {});
});
