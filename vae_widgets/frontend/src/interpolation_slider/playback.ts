/** Where a film that is played is after some time. */

/** What comes after the end: back again, over from the start, or nothing. */
export type Repeat = "bounce" | "restart" | "once";

export interface Playhead {
  /** Position in [0, 1]. */
  at: number;
  /** 1 forwards, -1 backwards. */
  direction: 1 | -1;
}

/** Move a playhead by `distance` passes (1 is from one end to the other). */
export function advance(head: Playhead, distance: number, repeat: Repeat): Playhead {
  if (repeat === "once") return { at: Math.min(1, head.at + distance), direction: 1 };
  if (repeat === "restart") return { at: fold(head.at + distance, 1), direction: 1 };
  // Unfold the way there and back into a circle of length 2.
  const way = fold((head.direction === 1 ? head.at : 2 - head.at) + distance, 2);
  return way < 1 ? { at: way, direction: 1 } : { at: 2 - way, direction: -1 };
}

function fold(value: number, length: number): number {
  return value - length * Math.floor(value / length);
}
