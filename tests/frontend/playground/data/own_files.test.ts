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
});
