import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { KeptMarks } from "../../../vae_widgets/frontend/src/review_queue/kept_marks.ts";
import { recall, remember } from "../../../vae_widgets/frontend/src/storage/browser_store.ts";

describe("kept marks", () => {
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
    [{ ...GOOD, drawn_from: {} }], [{ ...GOOD, key: 5 }], [{ ...GOOD, kernel: undefined }], [{ ...GOOD, queue: 7 }],
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

  test("text that is not JSON, or no value of ours, is nothing", () => {
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

  test("marks are kept as a file that ReviewQueue.load reads", () => {
    const keep = new KeptMarks({ scores: "s", queue: "q", kernel: "k" });
    keep.add({ index: 3, score: -0.5, mark: "normal", time: "=1,2", drawn_from: null });
    assert.equal(keep.csv(), 'index,score,label,mark,time,drawn_from\n3,-0.5,0,normal,"\'=1,2",\n');
  });

  test("the file of marks has their entries in the pandas index, if any of them has one", () => {
    const keep = new KeptMarks({ scores: "s", queue: "q", kernel: "k" });
    keep.add({ index: 3, score: -0.5, mark: "normal", time: "", drawn_from: null, key: "=P,1" });
    keep.add({ index: 4, score: 1, mark: "unsure", time: "", drawn_from: 0.5, key: "-7" });
    const rows = ["index,score,label,mark,time,drawn_from,key", '3,-0.5,0,normal,,,"\'=P,1"', "4,1,,unsure,,0.5,-7", ""];
    assert.equal(keep.csv(), rows.join("\n"));
  });
});
