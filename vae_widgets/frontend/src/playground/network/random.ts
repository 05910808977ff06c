/** Random numbers from a seed: the same on every machine, so that two networks can start alike. */

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 1): mulberry32 (T. Ettinger, 2017), whose period is 2^32. */
  uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A draw of N(0, 1): Box and Muller (1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Put a list into a random order, in place: the shuffle of Fisher and Yates. */
  shuffle(list: Uint32Array): void {
    for (let last = list.length - 1; last > 0; last--) {
      const other = Math.floor(this.uniform() * (last + 1));
      [list[last], list[other]] = [list[other], list[last]];
    }
  }
}
