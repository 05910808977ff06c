// Run the models in the folders that the command line names, and print how far each is from Keras.
//   node tests/frontend/model/parity.ts FOLDER BUNDLE
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const { loadModel, plainEngine, quickestEngine } = await import(process.argv[3]);
const engines = { wasm: quickestEngine, plain: plainEngine };

/** The largest difference, relative to the largest number that is expected. */
function error(found: Float32Array, expected: Float32Array): number {
  if (found.length !== expected.length) return Infinity;
  const scale = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-6);
  return found.reduce((most, x, i) => {
    const difference = Math.abs(x - expected[i]) / scale;
    return Number.isNaN(difference) ? Infinity : Math.max(most, difference);
  }, 0);
}

const found: Record<string, unknown> = {};
for (const name of readdirSync(process.argv[2])) {
  const at = (file: string) => join(process.argv[2], name, file);
  const numbers = (file: string) => {
    const bytes = readFileSync(at(file));
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  };
  const bytes = (file: string) => new Uint8Array(readFileSync(at(file)));
  for (const [key, engine] of Object.entries(engines)) {
    const errors: Record<string, number | string> = {};
    try {
      const source = {
        decoder: bytes("decoder.onnx"),
        encoder: existsSync(at("encoder.onnx")) ? bytes("encoder.onnx") : undefined,
        label: existsSync(at("label.json"))
          ? JSON.parse(readFileSync(at("label.json"), "utf-8"))
          : undefined,
      };
      const model = await loadModel(source, engine);
      const expected = numbers("x_mean.f32");
      const z = numbers("z.f32");
      errors.x_mean = error(model.decode(z), expected);
      const one = model.decode(z.subarray(0, model.latentDim));
      errors.one = error(one, expected.subarray(0, one.length));
      if (model.canEncode) {
        const code = model.encode(numbers("x.f32"));
        errors.z_mean = error(code.zMean, numbers("z_mean.f32"));
        errors.z_log_var = error(code.zLogVar, numbers("z_log_var.f32"));
      }
    } catch (problem) {
      errors.problem = String(problem);
    }
    found[`${name} (${key})`] = errors;
  }
}
console.log(JSON.stringify(found));
