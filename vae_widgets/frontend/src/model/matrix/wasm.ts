/** The machine in WebAssembly: the kernel of gemm.wat, which build.mjs writes into gemm_wasm.ts. */
import { GEMM } from "./gemm_wasm.ts";
import type { Engine, Machine } from "./machine.ts";
import { plainEngine } from "./plain.ts";

type Kernel = Omit<Machine, "floats"> & { memory: WebAssembly.Memory };

/** WebAssembly, or plain TypeScript where the page does not allow it or its SIMD is not known. */
export const quickestEngine: Engine = async (size) => {
  try {
    const packed = new Blob([Uint8Array.from(atob(GEMM), (letter) => letter.charCodeAt(0))]);
    const stream = packed.stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const content = await new Response(stream).arrayBuffer();
    const { exports } = (await WebAssembly.instantiate(content)).instance;
    const { memory, multiply, relu } = exports as unknown as Kernel;
    memory.grow(Math.ceil(size / 2 ** 14)); // a page holds 2 ** 14 floats
    return { floats: new Float32Array(memory.buffer), multiply, relu };
  } catch {
    // A Content-Security-Policy without wasm-unsafe-eval, or an old browser.
    return plainEngine(size);
  }
};
