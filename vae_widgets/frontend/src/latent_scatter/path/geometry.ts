/** The points of a path: a track for a point that is dragged, and what dragged way-points do. */

import type { Point } from "../../canvas/geometry.ts";

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

/**
 * The path after one of its way-points, the number `which` of `stops`, was dragged to a place: the
 * legs beside it are straight, until the kernel has found the new ones.
 */
export function withStop(
  path: [number, number][],
  stops: number[],
  which: number,
  to: [number, number],
): [number, number][] {
  const moved = path.slice();
  for (const other of [which - 1, which + 1]) {
    if (other < 0 || other >= stops.length) continue;
    const fixed = path[stops[other]];
    const frames = stops[other] - stops[which];
    for (let i = 0; i <= Math.abs(frames); i++) {
      const share = i / Math.abs(frames);
      moved[stops[which] + Math.sign(frames) * i] = [
        to[0] + share * (fixed[0] - to[0]),
        to[1] + share * (fixed[1] - to[1]),
      ];
    }
  }
  return moved;
}
