/** The points of a path on the screen, as a track for a point that is dragged. */

import type { Point } from "./gestures.ts";

/**
 * The frame to which a point that is dragged moves, starting from one frame: along the path, as
 * long as that brings it nearer to the pointer. So it does not jump to another part of a path that
 * crosses itself or comes back.
 */
export function follow(path: Point[], from: number, to: Point): number {
  const away = (i: number) => Math.hypot(path[i].x - to.x, path[i].y - to.y);
  // Looks so far ahead, past small bends.
  const reach = Math.ceil(path.length / 8);
  for (let at = from; ; ) {
    let best = at;
    const last = Math.min(path.length - 1, at + reach);
    for (let i = Math.max(0, at - reach); i <= last; i++) if (away(i) < away(best)) best = i;
    if (best === at) return at;
    at = best;
  }
}
