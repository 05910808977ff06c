import assert from "node:assert/strict";
import { test } from "node:test";
import { tickText } from "../../../vae_widgets/frontend/src/format/tick_format.ts";

// What d3-format 3 writes, with its minus sign.
const D3: [number, string, string][] = [
  [0, "~g", "0"],
  [0.25, "~g", "0.25"],
  [-1.5, ".4~g", "\u22121.5"],
  [0.30000000000000004, "~g", "0.3"],
  [1234567, "~g", "1.23457e+6"],
  [1e-7, "~g", "1e\u22127"],
  [20000, ".5~g", "20000"],
  [20000, ".4~g", "2e+4"],
  [100, ".4~g", "100"],
  [10000, ".3~s", "10k"],
  [2500000, ".3~s", "2.5M"],
  [0, ".3~s", "0"],
  [999.9, ".3~s", "1k"],
  [0.0012, ".3~s", "1.2m"],
];

test("numbers of an axis are written as d3-format writes them", () => {
  for (const [value, format, text] of D3) assert.equal(tickText(value, format), text, `${value} as ${format}`);
});

test("an unknown format is an error that names it", () => {
  assert.throws(() => tickText(1, ".2f"), /unknown format of numbers \.2f/);
});
