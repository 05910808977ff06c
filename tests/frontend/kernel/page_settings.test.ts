import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { CATEGORIES, categoryColour, labelColour, quantityColour } from "../../../vae_widgets/frontend/src/canvas/palette.ts";
import { pageSetting, writePageSettings } from "../../../vae_widgets/frontend/src/kernel/page_settings.ts";

describe("page settings", () => {
  /** A body of a page with attributes alone. */
  function openPage() {
    const attributes = new Map<string, string>();
    const body = {
      setAttribute: (name: string, value: string) => attributes.set(name, value),
      removeAttribute: (name: string) => attributes.delete(name),
      getAttribute: (name: string) => attributes.get(name) ?? null,
    } as unknown as HTMLElement;
    Object.assign(globalThis, { document: { body } });
    return { body, attributes };
  }

  afterEach(() => Object.assign(globalThis, { document: undefined }));

  test("settings are read from the body of the page, and are empty without one", () => {
    assert.equal(pageSetting("quantityColours"), "");
    const { body, attributes } = openPage();
    writePageSettings({ quantityColours: "cividis", inPageMegabytes: "0" }, body);
    assert.equal(pageSetting("quantityColours"), "cividis");
    assert.equal(pageSetting("inPageMegabytes"), "0");
    assert.equal(pageSetting("classColours"), "");
    writePageSettings({}, body);
    assert.equal(attributes.size, 0);
  });

  test("classes have the ten colours that are set, shades of them beyond, and labels have their own", () => {
    const { body } = openPage();
    const colours = CATEGORIES.map((_, i) => `#0000${i}0`);
    writePageSettings({ classColours: colours.join(" ") }, body);
    assert.deepEqual(CATEGORIES.map((_, i) => categoryColour(i)), colours);
    assert.equal(categoryColour(20), "rgb(89,89,89)"); // a third lighter than black
    assert.equal(labelColour(0), CATEGORIES[0]);
    writePageSettings({}, body);
    assert.equal(categoryColour(3), CATEGORIES[3]);
  });

  test("what are not ten colours has no effect", () => {
    const { body } = openPage();
    for (const wrong of ["red", "#000000", Array(10).fill("#12345").join(" "), Array(11).fill("#123456").join(" ")]) {
      writePageSettings({ classColours: wrong, quantityColours: wrong }, body);
      assert.equal(categoryColour(1), CATEGORIES[1]);
      assert.equal(quantityColour(0), "rgb(68,1,84)");
    }
  });
});
