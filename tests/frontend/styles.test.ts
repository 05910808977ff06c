import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const SOURCES = new URL("../../vae_widgets/frontend/src/", import.meta.url);

test("a class is styled by one file: those of all widgets meet in one page", () => {
  const files = new Map<string, string>();
  for (const file of readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".css"))) {
    const text = readFileSync(new URL(file, SOURCES), "utf8").replace(/\/\*.*?\*\//gs, "");
    for (const [, selectors] of text.matchAll(/([^{}]+)\{/g)) {
      for (const selector of selectors.split(/,(?![^(]*\))/).map((each) => each.trim())) {
        if (!/^\.[\w-]+$/.test(selector)) continue;
        assert.equal(files.get(selector) ?? file, file, `${selector} is styled twice`);
        files.set(selector, file);
      }
    }
  }
  assert.ok(files.size > 50);
});
