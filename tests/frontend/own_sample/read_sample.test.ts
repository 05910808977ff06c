import assert from "node:assert/strict";
import { test } from "node:test";
import { readNumbers } from "../../../vae_widgets/frontend/src/own_sample/read_sample.ts";

test("numbers may be separated by commas, semicolons, spaces or lines, below a header", () => {
  for (const text of ["1,2.5,-3e2", "1; 2.5; -3e2", "1 2.5\n-3e2\n", "a,b,c\n1,2.5,-3e2\n"]) {
    assert.deepEqual(readNumbers(text, 3), [1, 2.5, -300]);
  }
});

test("another number of values is refused", () => {
  assert.throws(() => readNumbers("1,2", 3), /has 2 numbers; expected 3/);
  assert.throws(() => readNumbers("<script>,x", 3), /has 0 numbers/);
});
