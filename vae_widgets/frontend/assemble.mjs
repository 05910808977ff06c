// WebAssembly text to a module of TypeScript that holds the bytes, compressed, as base64, so that
// bundles and the tests in Node need no other file.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";

/** Assemble the file `from`; `to` is written only if it changes, as watch.mjs waits for changes. */
export async function assemble(from, to, name) {
  const { default: wabt } = await import("wabt").catch((error) => {
    throw new Error("wabt is missing: run `npm install` in vae_widgets/frontend", { cause: error });
  });
  const module = (await wabt()).parseWat(from, readFileSync(from, "utf-8"), { simd: true });
  const base64 = deflateRawSync(module.toBinary({}).buffer, { level: 9 }).toString("base64");
  module.destroy();
  const text = `/** Made by build.mjs from ${from}. */\nexport const ${name} =\n  "${base64}";\n`;
  if (!existsSync(to) || readFileSync(to, "utf-8") !== text) writeFileSync(to, text);
}
