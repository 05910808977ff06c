import assert from "node:assert/strict";
import { test } from "node:test";
import { sentence } from "../../../vae_widgets/frontend/src/format/sentence.ts";

test("a sentence ends with one mark", () => {
  const texts = ["it failed", "it failed.", "is it gone?", "Stop!", ""];
  assert.deepEqual(texts.map(sentence), ["it failed.", "it failed.", "is it gone?", "Stop!", "."]);
});
