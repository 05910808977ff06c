import assert from "node:assert/strict";
import test from "node:test";
import { csvCell, csvParts, shortest32 } from "../../../vae_widgets/frontend/src/format/csv.ts";

test("the shortest digits give a float32 number back, and no shorter ones do", () => {
  const bits = new Uint32Array(1);
  const value = new Float32Array(bits.buffer);
  for (let i = 0; i < 20_000; i++) {
    bits[0] = (i * 2654435761) >>> 0; // spread over all floats
    if (!Number.isFinite(value[0])) continue;
    const text = shortest32(value[0]);
    assert.equal(Math.fround(Number(text)), value[0]);
    const digits = text.replace(/e.*/, "").replace(/^[-0.]+|\./g, "").replace(/0+$/, "").length;
    // Subnormal numbers have fewer digits than six, and are written with up to six.
    if (digits > 1 && Math.abs(value[0]) >= 2 ** -126) {
      const fewer = Number(value[0].toPrecision(digits - 1));
      assert.notEqual(Math.fround(fewer), value[0], text);
    }
  }
  assert.equal(shortest32(Math.fround(0.1)), "0.1");
});

test("cells with commas, quotes and line breaks are quoted (RFC 4180), others are not", () => {
  const text = csvParts([
    ["a,b", ["plain", 'say "hi"', "two\nlines", "é, ü", ""]],
    ["n", new Float32Array([1, NaN, Infinity, -Infinity, 1e-7])],
  ]).join("");
  assert.equal(
    text,
    '"a,b",n\r\nplain,1\r\n"say ""hi""",\r\n"two\nlines",inf\r\n"é, ü",-inf\r\n,1e-7\r\n',
  );
});

test("text that a spreadsheet takes for a formula gets an apostrophe, and quotes where it needs them", () => {
  for (const text of ["=1+1", "+1-1", "-1-1", "@A1", "\t=1", "'=1", "\uff1d1", "-", "-1e", "--1", "-1 ", "-\u0661"]) {
    assert.equal(csvCell(text), `'${text}`);
  }
  assert.equal(csvCell('=a,"b"'), '"\'=a,""b"""');
  assert.equal(csvCell("\r=1"), '"\'\r=1"');
  assert.equal(csvCell("a\nb"), '"a\nb"');
  for (const text of ["", "a=1", "2026-01-01T00:00:00+00:00"]) assert.equal(csvCell(text), text);
});

test("numbers stay numbers, also as text; names of columns are text", () => {
  const numbers = ["-1", "+1", "-.5", "+2.", "-1e5", "-1.5E-300"];
  for (const text of numbers) assert.equal(csvCell(text), text);
  const text = csvParts([["=1+1", [-1, -0.5, -Infinity, "@a"]]]).join("");
  assert.equal(text, "'=1+1\r\n-1\r\n-0.5\r\n-inf\r\n'@a\r\n");
});

test("a long table is in several parts", () => {
  const parts = csvParts([["i", Uint32Array.from({ length: 10_000 }, (_, i) => i)]]);
  assert.ok(parts.length > 2);
  const lines = parts.join("").trimEnd().split("\r\n");
  assert.deepEqual(lines, ["i", ...Array.from({ length: 10_000 }, (_, i) => String(i))]);
});
