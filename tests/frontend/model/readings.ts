// Read the ONNX files of a folder, and print what each says, or null where it is refused.
//   node tests/frontend/model/readings.ts FOLDER
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UnsupportedModelError } from "../../../vae_widgets/frontend/src/model/onnx/errors.ts";
import { readOnnx } from "../../../vae_widgets/frontend/src/model/onnx/file.ts";

const found: Record<string, unknown> = {};
for (const name of readdirSync(process.argv[2])) {
  try {
    const file = readOnnx(new Uint8Array(readFileSync(join(process.argv[2], name))));
    found[name] = {
      opset: file.opset,
      nodes: file.nodes.map(({ op, inputs, outputs, attributes }) => ({
        op,
        inputs,
        outputs,
        attributes: Object.fromEntries(attributes),
      })),
      constants: Object.fromEntries(
        [...file.constants].map(([key, { shape, numbers }]) => [key, [shape, [...numbers]]]),
      ),
      inputs: Object.fromEntries(file.inputs),
      outputs: Object.fromEntries(file.outputs),
    };
  } catch (error) {
    // A type of numbers that only the kernel knows is no damage.
    found[name] = error instanceof UnsupportedModelError ? "unsupported" : null;
  }
}
console.log(JSON.stringify(found));
