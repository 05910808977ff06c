import assert from "node:assert/strict";
import { test } from "node:test";
import { parseNumber, stepFrom } from "../../../vae_widgets/frontend/src/format/number_text.ts";

test("a decimal comma is a decimal point", () => {
  const read = { "0,5": 0.5, ",5": 0.5, "25,5": 25.5, "-1,25": -1.25, "\u22123,75": -3.75, "0,500": 0.5, "1234,567": 1234.567, "1,5e-3": 0.0015 };
  for (const [text, value] of Object.entries(read)) assert.equal(parseNumber(text), value, text);
  for (const text of ["0.5", ".5", "5.", " 12 ", "1e-3", "+2", "1.000"]) {
    assert.equal(parseNumber(text), Number(text), text);
  }
});

test("what may mean two numbers, or none, is refused with the reason", () => {
  assert.throws(() => parseNumber("1,000"), /1,000 may mean 1\.000 or 1000\./);
  assert.throws(() => parseNumber("-12,345"), /may mean -12\.345 or -12345/);
  for (const text of ["1,000.5", "1.000,5", "1,000,000", "1 000", "1'000"]) {
    assert.throws(() => parseNumber(text), /without separators of thousands/, text);
  }
  for (const text of ["", "abc", "0x10", "Infinity", "nan", "1e999", "--1", ","]) {
    assert.throws(() => parseNumber(text), /number/, text);
  }
});

test("the arrows step without stray digits", () => {
  assert.equal(stepFrom(0.1, 1, 0.2), 0.3);
  assert.equal(stepFrom(0.3, -1, 0.1), 0.2);
  assert.equal(stepFrom(95, 1, 0.5), 95.5);
  assert.equal(stepFrom(0.001, 1, 0), 0.0011);
  assert.equal(stepFrom(0.0045, -1, 0), 0.0044);
  assert.equal(stepFrom(0, 1, 0), 0.1);
});
