import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { checkRows, writeArray } from "../../../vae_widgets/frontend/src/kernel/arrays.ts";
import { recall, remember } from "../../../vae_widgets/frontend/src/storage/browser_store.ts";
import { encode, goodValues } from "../../../vae_widgets/frontend/src/storage/kept_values.ts";
import { KeptMarks } from "../../../vae_widgets/frontend/src/review_queue/kept_marks.ts";

const NAME = "review:abc";
const ORIGIN = { scores: "abc", queue: "q1", kernel: "k1" };
const GOOD = { index: 3, score: 0.5, mark: "anomalous", time: "2026-01-02T03:04:05+00:00", drawn_from: null, queue: "q0", kernel: "k0" };

// A store of the browser: an object with methods that its keys do not show.
beforeEach(() => {
  const methods = {
    getItem(key: string) { return Object.hasOwn(this, key) ? (this as any)[key] : null; },
    setItem(key: string, text: string) { (this as any)[key] = String(text); },
    removeItem(key: string) { delete (this as any)[key]; },
  };
  Object.defineProperty(globalThis, "localStorage", { value: Object.create(methods), configurable: true });
});

const HOSTILE: unknown[] = [
  0, "text", true, [], {}, { length: 3 }, [null], [[]], [1, "a", {}],
  [{ ...GOOD, index: -1 }], [{ ...GOOD, index: 1.5 }], [{ ...GOOD, index: 1e308 }], [{ ...GOOD, index: "3" }],
  [{ ...GOOD, index: "__proto__" }], [{ ...GOOD, score: "high" }], [{ ...GOOD, score: null }],
  [{ ...GOOD, mark: "constructor" }], [{ ...GOOD, mark: ["anomalous"] }], [{ ...GOOD, time: 5 }],
  [{ ...GOOD, time: "x".repeat(1e5) }],
  [{ ...GOOD, drawn_from: {} }], [{ ...GOOD, kernel: undefined }], [{ ...GOOD, queue: 7 }],
];

test("marks that are none are left out, and good ones beside them stay", () => {
  for (const value of HOSTILE) {
    remember(NAME, value);
    const keep = new KeptMarks(ORIGIN);
    assert.deepEqual(keep.lost, [], JSON.stringify(value)?.slice(0, 80));
    assert.equal(keep.csv().trim().split("\n").length, 1);
    remember(NAME, [...(Array.isArray(value) ? value : [value]), GOOD]);
    const beside = new KeptMarks(ORIGIN);
    assert.deepEqual(beside.lost.map(({ index }) => index), [3]);
    beside.add({ index: 4, score: 1, mark: "normal", time: GOOD.time, drawn_from: null });
    assert.deepEqual((recall<any[]>(NAME) ?? []).map(({ index }) => index), [3, 4]);
  }
});

test("text that is no JSON, or no value of ours, is nothing", () => {
  for (const text of ["", "{", "null", "5", '"a"', '{"value": null}', '{"__proto__": {"value": [1]}}', "[".repeat(1e5)]) {
    localStorage.setItem(`vae_widgets:${NAME}`, text);
    assert.deepEqual(new KeptMarks(ORIGIN).lost, []);
  }
});

test("a mark without a time or of an older version is kept", () => {
  const { drawn_from: _, ...older } = { ...GOOD, time: "" };
  remember(NAME, [older]);
  assert.equal(new KeptMarks(ORIGIN).lost.length, 1);
});

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
