import assert from "node:assert/strict";
import { test } from "node:test";
import { layNames } from "../../../vae_widgets/frontend/src/training_monitor/event_names.ts";

const MORE = 20;

test("names of events cover none of each other, are not cut, and none is lost", () => {
  for (let seed = 1; seed < 300; seed++) {
    let state = seed;
    const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
    const right = 150 + 800 * random();
    const lines = Array.from({ length: 1 + Math.floor(30 * random()) }, () => right * random());
    lines.sort((a, b) => a - b);
    const widths = lines.map(() => 15 + 100 * random());
    const names = layNames(lines, widths, right, MORE);
    const ends = names.map(({ first, more, left }) => left + widths[first] + (more ? MORE : 0));
    names.forEach((name, i) => {
      assert.ok(name.left >= 0 && ends[i] <= right + 1e-9, "cut");
      assert.ok(name.left <= lines[name.first], "a name begins at its line or left of it");
      names.slice(i + 1).forEach((other, j) => {
        const apart = ends[i] <= other.left || ends[i + 1 + j] <= name.left;
        assert.ok(other.row !== name.row || apart, "two names in one place");
      });
    });
    assert.equal(names.reduce((sum, { more }) => sum + 1 + more, 0), lines.length);
  }
});

test("names with room stand at their lines in the lowest row", () => {
  assert.deepEqual(layNames([10, 200], [50, 50], 400, MORE), [
    { first: 0, more: 0, left: 10, row: 0 },
    { first: 1, more: 0, left: 200, row: 0 },
  ]);
});
