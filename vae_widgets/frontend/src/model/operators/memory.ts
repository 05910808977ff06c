/** Which tensor is where in the one array that the matrix kernel works in. */
import type { Engine, Machine } from "../matrix/machine.ts";
import type { Buffer } from "./tensor.ts";

/** Writes what is kept into the arena, from a place on. */
export type Fill = (data: Float32Array, at: number) => void;

/** Places in the arena, given before the arena is made. */
export interface Memory {
  /** Set by `start`. */
  machine: Machine;
  /** A buffer whose place may be that of released ones; its content is not zero. */
  allocate(size: number): Buffer;
  /** Say that one of those who need a buffer no longer does. */
  release(buffer: Buffer): void;
  /** A buffer that all who ask for this key share, and that keeps what `fill` writes once. */
  keep(key: string, size: number, fill: Fill): Buffer;
  /** Make the arena and write what it keeps. */
  start(engine: Engine): Promise<void>;
}

export function makeMemory(): Memory {
  let end = 64; // the kernel keeps the sums of a block before the first tensor
  const arena: Buffer[] = [];
  const free = new Set<Buffer>();
  const kept = new Map<string, Buffer>();
  const fills: (() => void)[] = [];

  const append = (size: number): Buffer => {
    // Whole vectors, so that each begins where one may.
    const whole = Math.ceil((size || 1) / 16) * 16;
    const buffer = { data: new Float32Array(), place: end, size: whole, uses: Infinity };
    end += whole;
    arena.push(buffer);
    return buffer;
  };

  const memory: Memory = {
    machine: undefined!,
    allocate(size) {
      const buffer = [...free].find((each) => each.size >= size) ?? append(size);
      free.delete(buffer);
      buffer.uses = 1;
      return buffer;
    },
    release(buffer) {
      if (!--buffer.uses) free.add(buffer);
    },
    keep(key, size, fill) {
      const known = kept.get(key);
      if (known) return known;
      const buffer = append(size);
      kept.set(key, buffer);
      fills.push(() => fill(memory.machine.floats, buffer.place));
      return buffer;
    },
    async start(engine) {
      memory.machine = await engine(end);
      for (const buffer of arena) buffer.data = memory.machine.floats;
      for (const fill of fills.splice(0)) fill(); // and drop what weights were made of
    },
  };
  return memory;
}
