import assert from "node:assert/strict";
import { test } from "node:test";
import {
  alike,
  asTyped,
  counted,
  digitsApart,
  digitsFor,
  fourDigits,
  percent,
  plain,
  share,
  short,
} from "../../../vae_widgets/frontend/src/format/numbers.ts";
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

test("a number that is looked at has four digits, and all before the point", () => {
  assert.deepEqual([0.6907443, 1234.56, -12.3456, 2024, 123456.7, 1.23457e-6].map(fourDigits), [
    "0.6907",
    "1235",
    "\u221212.35",
    "2024",
    "123457",
    "0.000001235",
  ]);
});

test("digits tell neighbours apart", () => {
  assert.equal(plain(0.1 + 0.2), "0.3");
  assert.equal(plain(1e6 + 2e-6, digitsFor(1e6, 1e-6)), "1000000.000002");
  assert.equal(digitsFor(0, 0), 6);
  assert.deepEqual([1.234567, 1.234569].map((x) => plain(x, digitsApart([1.234567, 1.234569], 6))), ["1.234567", "1.234569"]);
  assert.equal(digitsApart([1, 1 + Number.EPSILON], 6), 17);
  assert.equal(digitsApart([2, 2, 3], 6), 6);
  assert.deepEqual(alike([2.5, 1.234567, 1.234569], [1.234567, 1.234569]), ["2.500000", "1.234567", "1.234569"]);
  assert.deepEqual(alike([1.00001e20, 1e20], [1.00001e20, 1e20]), ["1.00001e+20", "1.00000e+20"]);
});

test("large numbers have an exponent", () => {
  assert.equal(plain(1e20), "1e+20");
  assert.equal(plain(999_999_999_999, 12), "999999999999");
  assert.equal(plain(-1.25e15), "\u22121.25e+15");
});

test("counts on an axis stay short", () => {
  assert.deepEqual([500, 2500, 25_000, 2e6].map(short), ["500", "2,500", "25K", "2M"]);
});

test("shares and percentages", () => {
  assert.equal(share(2 / 3), "0.667");
  assert.equal(share(Number.NaN), "–");
  assert.equal(percent(5, 100), "5");
  assert.equal(percent(49, 1000), "4.9");
  assert.equal(percent(1, 5000), "0.02");
  assert.equal(percent(9999, 10000), "99.99");
  assert.equal(percent(0, 10), "0");
});

test("a count of one is singular", () => {
  assert.deepEqual([0, 1, 2000].map((n) => counted(n, "sample")), ["0 samples", "1 sample", "2,000 samples"]);
});
