import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PALETTES } from "../../../vae_widgets/frontend/labextension/src/palettes.ts";
import { CATEGORIES } from "../../../vae_widgets/frontend/src/canvas/palette.ts";

const SCHEMA = new URL("../../../vae_widgets/frontend/labextension/schema/settings.json", import.meta.url);

test("each palette of the settings has ten different colours, and the default is that of the widgets", () => {
  const { classColours } = JSON.parse(readFileSync(SCHEMA, "utf8")).properties;
  assert.deepEqual(Object.keys(PALETTES), classColours.enum);
  for (const colours of Object.values(PALETTES)) {
    assert.match(colours, /^#[\da-f]{6}( #[\da-f]{6}){9}$/);
    assert.equal(new Set(colours.split(" ")).size, 10);
  }
  assert.equal(PALETTES[classColours.default], CATEGORIES.join(" "));
});
