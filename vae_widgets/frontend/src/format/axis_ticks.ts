/** Round numbers for the ticks of an axis. */

/** Multiples of 1, 2 or 5 times a power of ten within [low, high], about `count` of them. */
export function linearTicks(low: number, high: number, count: number, least = 0): number[] {
  const wanted = Math.max((high - low) / Math.max(1, count), least);
  if (!(wanted > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= wanted * 0.999)!;
  const slack = 1e-9;
  const ticks = [];
  for (let k = Math.ceil(low / step - slack); k <= Math.floor(high / step + slack); k++) {
    ticks.push(k * step || 0); // not -0
  }
  return ticks;
}

/** Powers of ten from 1 up to `high`, thinned to about `count`. */
export function logTicks(high: number, count: number): number[] {
  const powers = Math.floor(Math.log10(Math.max(1, high)));
  const every = Math.max(1, Math.ceil((powers + 1) / count));
  const ticks = [];
  for (let p = 0; p <= powers; p += every) ticks.push(10 ** p);
  return ticks;
}

/** Round numbers from low to high at equal steps, at most about `intervals` of them (core/ticks.py). */
export function roundTicks(low: number, high: number, intervals = 5): number[] {
  const width = (high - low) / intervals;
  const scale = 10 ** Math.floor(Math.log10(width));
  return multiples([1, 2, 2.5, 5].map((m) => m * scale).find((step) => step >= width) ?? 10 * scale, low, high);
}

/** The multiples of a step from low to high. */
export function multiples(step: number, low: number, high: number): number[] {
  const first = Math.ceil(low / step);
  const count = Math.max(0, Math.floor(high / step) - first + 1);
  return Array.from({ length: count }, (_, i) => (first + i) * step || 0); // not -0
}
