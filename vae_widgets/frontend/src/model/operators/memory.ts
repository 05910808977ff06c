/** Which tensor is where in the one array that the matrix kernel works in. */
import type { Engine, Machine } from "../matrix/machine.ts";
import type { Buffer, Numbers } from "./tensor.ts";

const NONE = new Float32Array(0);

/** Places in the arena, given before the arena is made. */
export class Memory {
  /** Set by `start`. */
  machine!: Machine;
  #size = 64; // the kernel keeps the sums of a block before the first tensor
  readonly #arena: Buffer[] = [];
  readonly #fills: (() => void)[] = [];
  readonly #weights = new Map<string, Buffer>();
  #free: Buffer[] = [];

  /** A buffer whose place may be that of released ones; its content is not zero. */
  allocate(size: number): Buffer {
    const needed = roundUp(size);
    const i = this.#free.findIndex((each) => each.size >= needed);
    if (i < 0) return this.#append(needed);
    const [found] = this.#free.splice(i, 1);
    const buffer = this.#at(found.base, needed);
    if (found.size > needed) this.#free.push(this.#at(found.base + needed, found.size - needed));
    return buffer;
  }

  /** Let later tensors have the place of a buffer that none needs any more. */
  release(buffer: Buffer): void {
    this.#free.push(buffer);
  }

  /** Begin another plan, for which nothing of the earlier ones is free. */
  startPlan(): void {
    this.#free = [];
  }

  /** A buffer that is shared by all who ask for this key, and keeps what `fill` writes once. */
  keep(key: string, size: number, fill?: (data: Float32Array, at: number) => void): Buffer {
    let buffer = this.#weights.get(key);
    if (!buffer) {
      buffer = this.#append(roundUp(size));
      this.#weights.set(key, buffer);
      const { base } = buffer;
      if (fill) this.#fills.push(() => fill(this.machine.floats, base));
    }
    return buffer;
  }

  /** Make the arena and write what it keeps. */
  async start(engine: Engine): Promise<void> {
    this.machine = await engine(this.#size);
    for (const buffer of this.#arena) buffer.data = this.machine.floats;
    for (const fill of this.#fills) fill();
    this.#fills.length = 0; // and with it what weights were made of
  }

  #append(size: number): Buffer {
    const base = this.#size;
    this.#size += size;
    return this.#at(base, size);
  }

  #at(base: number, size: number): Buffer {
    const buffer = { data: NONE, base, size, inArena: true, uses: 0 };
    this.#arena.push(buffer);
    return buffer;
  }
}

/** A buffer of its own: of constants, whole numbers and booleans. */
export function ownBuffer(data: Numbers): Buffer {
  return { data, base: 0, size: data.length, inArena: false, uses: 0 };
}

/** Whole vectors, so that a loop over them may go beyond the last number. */
function roundUp(size: number): number {
  return Math.ceil(Math.max(1, size) / 16) * 16;
}
