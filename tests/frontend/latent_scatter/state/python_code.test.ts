import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { pythonOf } from "../../../../vae_widgets/frontend/src/latent_scatter/state/python_code.ts";

const RUN = `
import json, struct, sys, types
scatter = types.SimpleNamespace()
exec(sys.stdin.read())
state = vars(scatter)
state["picked"] = [struct.pack("<f", value).hex() for value in state["picked"]]
print(json.dumps(state))
`;

test("Python reads the same numbers and texts", () => {
  const picked = Float32Array.of(1 / 3, -1e-20, 3.4e38, 16777217, -0.1);
  const name = 'a "quoted" \\ name\n</b> \u00e9 \u{1F600}';
  const code = pythonOf({
    projection: "pca",
    dims: [2],
    sliceAt: Float32Array.of(0.5),
    view: [-1 / 3, 1e-7, 0.1 + 0.2, 4],
    colourBy: "it's",
    threshold: null,
    selection: Uint32Array.of(3, 70000),
    picked,
    bookmarks: { [name]: Float32Array.of(1, 2) },
    groups: [Uint32Array.of(2), new Uint32Array()],
    mode: "lasso",
    grid: true,
    prior: false,
    density: true,
    pointSize: null,
    opacity: 0.3,
    hiddenClasses: ["3", name],
    hiddenSides: [],
  });
  const read = JSON.parse(execFileSync("python3", ["-c", RUN], { input: code, encoding: "utf8" }));
  assert.deepEqual(read.dims, [2]);
  assert.deepEqual(read.view, [-1 / 3, 1e-7, 0.1 + 0.2, 4]);
  assert.equal(read.color_by, "it's");
  assert.equal(read.threshold, null);
  assert.deepEqual(read.selection, [3, 70000]);
  assert.deepEqual([read.group_a, read.group_b, read.mode], [[2], [], "lasso"]);
  assert.equal(read.opacity, 0.3);
  assert.deepEqual([read.grid, read.prior, read.density, read.point_size], [true, false, true, null]);
  assert.deepEqual([read.hidden_classes, read.hidden_sides], [["3", name], []]);
  assert.deepEqual(read.bookmarks, { [name]: [1, 2] });
  const bytes = read.picked.map((hex: string) => Buffer.from(hex, "hex").readFloatLE());
  assert.deepEqual(bytes, [...picked]);
});
