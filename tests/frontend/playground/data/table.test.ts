import assert from "node:assert/strict";
import { test } from "node:test";
import { readTable } from "../../../../vae_widgets/frontend/src/playground/data/table.ts";

const plain = ({ rows, classes }: ReturnType<typeof readTable>) => ({ rows: rows.map((row) => [...row]), classes });

test("numbers are separated by commas, semicolons or tabs, with names above or without", () => {
  for (const text of ["1,2\n3,4", "a;b\r\n1;2\r\n3;4\r\n", "\ufeffa\tb\n1\t2\n\n3\t4\n"]) {
    assert.deepEqual(plain(readTable(text, 10)), { rows: [[1, 2], [3, 4]], classes: null });
  }
});

test("a comma in a number is a decimal comma where no comma separates the cells", () => {
  for (const [text, classes] of [
    ["1,5;-2\n3;4,25", null],
    ["x;y;label\n1,5;-2;a,b\n3;4,25;c", ["a,b", "c"]],
    ["1,5\t-2\n3\t4,25", null],
  ] as const) {
    assert.deepEqual(plain(readTable(text, 10)), { rows: [[1.5, -2], [3, 4.25]], classes });
  }
  assert.throws(() => readTable("a;b\n1;1,000,000\n", 10), /line 2 holds "1,000,000"; expected a number/);
});

test("a column named label holds the classes", () => {
  const found = plain(readTable('x,Label,y\n1,"a cat",2\n3,dog,4\n', 10));
  assert.deepEqual(found, { rows: [[1, 2], [3, 4]], classes: ["a cat", "dog"] });
});

test("of a long table, which may be sorted by class, rows at equal distances are read", () => {
  const lines = Array.from({ length: 100 }, (_, i) => `${i},${i},${i < 50 ? "a" : "b"}`);
  const { rows, total, classes } = readTable(["x,y,class", ...lines].join("\n"), 4);
  assert.deepEqual([rows.map(([x]) => x), total, classes], [[0, 25, 50, 75], 100, ["a", "a", "b", "b"]]);
});

test("a broken line is named, with what was expected", () => {
  assert.throws(() => readTable("1,2\n3\n", 10), /line 2 has 1 cells; expected 2/);
  assert.throws(() => readTable("a,b\n1,2\n3,x\n", 10), /line 3 holds "x"; expected a number/);
  assert.throws(() => readTable("1,2\n1e300,4\n", 10), /line 2 holds "1e300"; expected a number/);
  assert.throws(() => readTable("a,b\n1,\n", 10), /line 2 is empty/);
  assert.throws(() => readTable("a,b\n", 10), /no numbers/);
  assert.throws(() => readTable(" \n", 10), /it is empty/);
});
