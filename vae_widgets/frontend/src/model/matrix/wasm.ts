/** The machine in WebAssembly: the kernel of gemm.wat, which build.mjs writes into gemm_wasm.ts. */
import { GEMM } from "./gemm_wasm.ts";
import type { Engine, Machine } from "./machine.ts";
import { plainEngine } from "./plain.ts";

const PAGE = 2 ** 16;

type Kernel = Record<"gemm" | "relu", (...numbers: number[]) => void>;

let compiled: Promise<WebAssembly.Module | null> | undefined;

/** WebAssembly, or plain TypeScript where the page does not allow it or its SIMD is not known. */
export const quickestEngine: Engine = async (size) => {
  compiled ??= compile();
  const module = await compiled;
  return module ? wasmMachine(module, size) : plainEngine(size);
};

async function compile(): Promise<WebAssembly.Module | null> {
  try {
    return await WebAssembly.compile(Uint8Array.from(atob(GEMM), (letter) => letter.charCodeAt(0)));
  } catch {
    return null; // a Content-Security-Policy without wasm-unsafe-eval, or an old browser
  }
}

async function wasmMachine(module: WebAssembly.Module, size: number): Promise<Machine> {
  const memory = new WebAssembly.Memory({ initial: Math.ceil((4 * size) / PAGE) });
  const { exports } = await WebAssembly.instantiate(module, { page: { memory } });
  const { gemm, relu } = exports as unknown as Kernel;
  return {
    floats: new Float32Array(memory.buffer),
    multiply: (a, lda, b, c, ldc, m, n, k) => gemm(4 * a, 4 * lda, 4 * b, 4 * c, 4 * ldc, m, n, k),
    relu: (at, n) => relu(4 * at, n),
  };
}
