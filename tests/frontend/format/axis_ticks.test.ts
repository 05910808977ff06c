import assert from "node:assert/strict";
import { test } from "node:test";
import {
  digitsFor,
  linearTicks,
  logTicks,
  percent,
  plain,
  share,
  short,
} from "../../../vae_widgets/frontend/src/format/axis_ticks.ts";

const shown = (ticks: number[]) => ticks.map((tick) => plain(tick));

test("linear ticks are round and inside", () => {
  assert.deepEqual(shown(linearTicks(0.03, 1.01, 5)), ["0.2", "0.4", "0.6", "0.8", "1"]);
  assert.deepEqual(linearTicks(-1, 1, 4), [-1, -0.5, 0, 0.5, 1]);
  assert.deepEqual(linearTicks(0, 3, 10, 1), [0, 1, 2, 3]); // counts are whole
  assert.deepEqual(linearTicks(5, 5, 4), [5]);
});

test("log ticks are powers of ten, not too many", () => {
  assert.deepEqual(logTicks(1500, 5), [1, 10, 100, 1000]);
  assert.deepEqual(logTicks(1, 5), [1]);
  assert.deepEqual(logTicks(1e7, 4), [1, 100, 1e4, 1e6]);
});

test("digits tell neighbours apart", () => {
  assert.equal(plain(0.1 + 0.2), "0.3");
  assert.equal(plain(1e6 + 2e-6, digitsFor(1e6, 1e-6)), "1000000.000002");
  assert.equal(digitsFor(0, 0), 6);
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
