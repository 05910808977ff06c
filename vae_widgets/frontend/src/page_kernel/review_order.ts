/** Which samples to review next (core/review/order.py). The draws at random are other ones than Python's. */

import { nextAfter, type LabelledScores } from "./labelled_scores.ts";

/** The rows of up to `size` open samples, in order. */
export function reviewOrder(
  order: string,
  scores: LabelledScores,
  threshold: number,
  size: number,
  isOpen: (row: number) => boolean,
  seed: number,
): number[] {
  const { ascending, length } = scores;
  const cut = length - scores.flagged(threshold);
  const open = (ranks: number[]) => ranks.filter((rank) => isOpen(scores.order[rank])).slice(0, size);
  const ranks = (from: number, to: number) => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  const rows = (chosen: number[]) => chosen.map((rank) => scores.order[rank]);
  if (order === "highest") return rows(open(ranks(0, length).reverse()));
  if (order === "random") return rows(open(shuffled(ranks(cut, length), seed * 2 ** 20 + cut)));
  const both = [...open(ranks(cut, length)), ...open(ranks(0, cut).reverse())];
  const distance = (rank: number) => Math.abs(ascending[rank] - threshold);
  return rows(both.sort((a, b) => distance(a) - distance(b)).slice(0, size));
}

/** The lowest threshold that flags the same samples. */
export function lowestThreshold(scores: LabelledScores, threshold: number): number {
  const cut = scores.length - scores.flagged(threshold);
  return cut ? nextAfter(scores.ascending[cut - 1]) : Math.min(threshold, scores.ascending[0]);
}

/** A permutation by Fisher and Yates, the same for the same seed. */
function shuffled(ranks: number[], seed: number): number[] {
  const random = randomNumbers(seed);
  for (let i = ranks.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [ranks[i], ranks[j]] = [ranks[j], ranks[i]];
  }
  return ranks;
}

/** Uniform numbers in [0, 1): the generator "mulberry32" of T. Ettinger. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
