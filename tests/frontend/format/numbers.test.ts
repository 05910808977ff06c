import assert from "node:assert/strict";
import { test } from "node:test";
import { alike } from "../../../vae_widgets/frontend/src/format/numbers.ts";
import { asTyped, plain } from "../../../vae_widgets/frontend/src/format/axis_ticks.ts";
import { parseNumber } from "../../../vae_widgets/frontend/src/format/number_text.ts";

test("numbers side by side have the same decimals", () => {
  assert.deepEqual(alike([2.691, 2.06, -0.5]), ["2.691", "2.060", "\u22120.500"]);
  assert.deepEqual(alike([30.3, 30.22]), ["30.30", "30.22"]);
  assert.deepEqual(alike([12345.6, -0.1]), ["12346", "0"]);
  assert.deepEqual(alike([1.2e-5, -3e-7]), ["1.2e\u22125", "\u22123.0e\u22127"]);
  assert.deepEqual(alike([0]), ["0"]);
  assert.deepEqual(alike([]), []);
});

test("what is read has a minus sign, what is typed a hyphen", () => {
  assert.equal(plain(-4), "\u22124");
  assert.equal(plain(-1.5e-9), "\u22121.5e\u22129");
  assert.equal(asTyped(-4), "-4");
  assert.equal(parseNumber(plain(-0.25)), -0.25);
});
