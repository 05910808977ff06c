import assert from "node:assert/strict";
import test from "node:test";
import { csvParts, shortest32 } from "../../../vae_widgets/frontend/src/format/csv.ts";

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

test("a long table is in several parts", () => {
  const parts = csvParts([["i", Uint32Array.from({ length: 10_000 }, (_, i) => i)]]);
  assert.ok(parts.length > 2);
  const lines = parts.join("").trimEnd().split("\r\n");
  assert.deepEqual(lines, ["i", ...Array.from({ length: 10_000 }, (_, i) => String(i))]);
});
