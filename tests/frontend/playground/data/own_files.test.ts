import assert from "node:assert/strict";
import { test } from "node:test";
import { readFiles } from "../../../../vae_widgets/frontend/src/playground/data/own_files.ts";

const csv = (rows: string[], name = "mine.csv") => [new File([rows.join("\n")], name)];
const numbers = (count: number, columns: number) =>
  Array.from({ length: count }, (_, row) => Array.from({ length: columns }, (_, i) => row * (i + 1)).join(","));

test("a table becomes samples from 0 to 1, with its classes in their order", async () => {
  const rows = numbers(30, 3).map((line, i) => `${line},${["10", "9", "b"][i % 3]}`);
  const data = await readFiles(csv(["a,b,c,label", ...rows]));
  assert.deepEqual([data.count, data.size, data.shape, data.divisor], [30, 3, [3], 255]);
  assert.deepEqual([...data.values.slice(0, 3)], [0, 0, 0]);
  assert.deepEqual([...data.values.slice(-3)], [255, 255, 255]);
  assert.deepEqual(data.labelNames, ["9", "10", "b"]);
  assert.deepEqual([...data.labels!.slice(0, 3)], [1, 0, 2]);
});

test("the note says that not all rows of a long table are used", async () => {
  const data = await readFiles(csv(numbers(5001, 2)));
  assert.equal(data.count, 5000);
  assert.match(data.note, /^5,000 of 5,001 rows of mine\.csv, 2 values each/);
});

test("rows of 64 values are images", async () => {
  const data = await readFiles(csv(numbers(25, 64)));
  assert.deepEqual([data.shape, data.labels], [[8, 8], null]);
});

test("an array of colours becomes grey images, without their alpha", async () => {
  const header = (channels: number) => `{'descr': '|u1', 'fortran_order': False, 'shape': (20, 2, 2, ${channels}), }\n`;
  for (const channels of [3, 4]) {
    // The pixels of each sample: red, green, blue, black; the first sample has a white one.
    const pixels = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [0, 0, 0]].map((pixel) => [...pixel, 99].slice(0, channels));
    const samples = Array.from({ length: 20 }, (_, n) => (n ? pixels : [...pixels.slice(0, 3), [255, 255, 255, 99].slice(0, channels)]));
    const text = new TextEncoder().encode(header(channels));
    const start = Uint8Array.of(0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, text.length, 0);
    const data = await readFiles([new File([start, text, Uint8Array.from(samples.flat(2))], "colour.npy")]);
    assert.deepEqual([data.count, data.shape, data.size], [20, [2, 2], 4]);
    // Pillow: Image.new("RGB", (1, 1), "#ff0000").convert("L") is 76, and so on.
    assert.deepEqual([...data.values.slice(0, 8)], [76, 150, 29, 255, 76, 150, 29, 0]);
    assert.match(data.note, /^20 samples of colour\.npy, in grey and scaled to 0 to 1\.$/);
  }
});

test("files that cannot be trained on are refused with what helps", async () => {
  const refused = (files: File[], why: RegExp) => assert.rejects(readFiles(files), why);
  await refused([new File(["x"], "letter.doc")], /letter\.doc cannot be read: open a CSV file, a NPY file/);
  await refused([new File(["x"], "one.png", { type: "image/png" })], /at least 20 images at once/);
  await refused(csv(numbers(5, 3)), /mine\.csv cannot be read: it has 5 samples; expected at least 20/);
  await refused(csv(numbers(20, 1)), /a sample has 1 value; expected 2 to 4,096/);
  await refused([new File(["x"], "x.npy")], /x\.npy cannot be read: it is no NPY file/);
  await refused([new File([], "empty.csv")], /empty\.csv cannot be read: it is empty/);
  const pictures = ["a.png", "b.png"].map((name) => new File(["x"], name, { type: "image/png" }));
  await refused(pictures, /2 samples; expected at least 20/);
  await refused([...csv(numbers(25, 2)), ...csv(numbers(25, 2), "b.csv")], /2 files cannot be read at once\. Open one CSV/);
  await refused(csv(Array(25).fill("3,4")), /mine\.csv cannot be read: all samples are equal/);
});

test("the note says that too many classes are not shown", async () => {
  const data = await readFiles(csv(["a,b,label", ...numbers(151, 2).map((line, i) => `${line},${i}`)]));
  assert.equal(data.labels, null);
  assert.match(data.note, /It has 151 classes, which are not shown; at most 150 are\.$/);
});
