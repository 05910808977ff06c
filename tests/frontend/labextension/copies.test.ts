import assert from "node:assert/strict";
import { test } from "node:test";
import { copyOf, freeName, pythonKernel } from "../../../vae_widgets/frontend/labextension/src/copies.ts";

const KERNEL = { name: "mine", display_name: "Mine", language: "python" };
const TEMPLATE = {
  cells: [
    { cell_type: "markdown", source: ['The file "digits.vae"'], metadata: {} },
    { cell_type: "code", source: ['path = "digits.vae"\n', 'x = "y"'], metadata: { tags: ["parameters"] } },
  ],
  metadata: { language_info: { name: "python" } },
  nbformat: 4,
  nbformat_minor: 5,
};

test("a copy takes the first name that is free, whatever its letters", () => {
  assert.equal(freeName([], "VAE tour", ".ipynb"), "VAE tour.ipynb");
  const taken = ["VAE tour.ipynb", "vae TOUR 1.ipynb", "VAE tour 3.ipynb", "other.ipynb"];
  assert.equal(freeName(taken, "VAE tour", ".ipynb"), "VAE tour 2.ipynb");
});

test("a copy names its kernel, and the template stays as it is", () => {
  const before = structuredClone(TEMPLATE);
  const copy = copyOf(TEMPLATE, KERNEL);
  assert.deepEqual(copy, { ...before, metadata: { ...before.metadata, kernelspec: KERNEL } });
  copy.cells[0].source = "changed";
  assert.deepEqual(TEMPLATE, before);
});

test("a file takes the place of the first text in the cell with the parameters", () => {
  const name = '$& "a" \\ ü.vae';
  const [text, parameters] = copyOf(TEMPLATE, KERNEL, name).cells;
  assert.deepEqual(text, TEMPLATE.cells[0]);
  assert.equal(parameters.source, 'path = "$& \\"a\\" \\\\ ü.vae"\nx = "y"');
});

test("the kernel is JupyterLab's default if that runs Python, or else the first that does", () => {
  const kernelspecs = {
    julia: { name: "julia", display_name: "Julia", language: "julia" },
    one: { name: "one", display_name: "One", language: "Python" },
    two: { name: "two", display_name: "Two", language: "python", resources: {} },
    broken: undefined,
  };
  assert.equal(pythonKernel({ default: "two", kernelspecs })?.name, "two");
  assert.equal(pythonKernel({ default: "julia", kernelspecs })?.name, "one");
  assert.deepEqual(Object.keys(pythonKernel({ default: "two", kernelspecs })!), Object.keys(KERNEL));
  assert.equal(pythonKernel({ default: "julia", kernelspecs: { julia: kernelspecs.julia } }), undefined);
  assert.equal(pythonKernel(null), undefined);
});
