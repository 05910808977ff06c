/** Which tensor is where in the one array that the matrix kernel works in. */
import type { Engine, Machine } from "../matrix/machine.ts";
import type { Block } from "./tensor.ts";

/** Writes what is kept into the arena, from a place on. */
export type Fill = (floats: Float32Array, at: number) => void;

/** Places in the arena, given before the arena is made. */
export interface Arena {
  /** Set by `start`. */
  machine: Machine;
  /** A block whose place may be that of released ones; its content is not zero. */
  allocate(size: number): Block;
  /** Say that one of those who need a block no longer does. */
  release(block: Block): void;
  /** A block that all who ask for this key share, and that keeps what `fill` writes once. */
  keep(key: string, size: number, fill: Fill): Block;
  /** Make the arena and write what it keeps. */
  start(engine: Engine): Promise<void>;
}

export const makeArena = (): Arena => {
  let end = 64; // the kernel keeps the sums of a block before the first tensor
  const blocks: Block[] = [];
  const free = new Set<Block>();
  const kept = new Map<string, Block>();
  const fills: (() => void)[] = [];

  const append = (size: number): Block => {
    // Whole vectors, so that each begins where one may.
    const whole = Math.ceil((size || 1) / 16) * 16;
    const block = { numbers: new Float32Array(), place: end, size: whole, uses: Infinity };
    end += whole;
    blocks.push(block);
    return block;
  };

  const self: Arena = {
    machine: undefined!,
    allocate(size) {
      const block = [...free].find((each) => each.size! >= size) ?? append(size);
      free.delete(block);
      block.uses = 1;
      return block;
    },
    release(block) {
      if (!--block.uses) free.add(block);
    },
    keep(key, size, fill) {
      const known = kept.get(key);
      if (known) return known;
      const block = append(size);
      kept.set(key, block);
      fills.push(() => fill(self.machine.floats, block.place));
      return block;
    },
    async start(engine) {
      self.machine = await engine(end);
      for (const block of blocks) block.numbers = self.machine.floats;
      for (const fill of fills.splice(0)) fill(); // and drop what weights were made of
    },
  };
  return self;
};
