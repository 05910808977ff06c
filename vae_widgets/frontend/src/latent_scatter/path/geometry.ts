/** Geometry of a path whose point or way-points are dragged. */

import type { Point } from "../../canvas/geometry.ts";

/**
 * The frame to which a dragged point moves. It goes along the path from the frame `from` as long as
 * that brings it closer to the pointer, so it does not jump where a path crosses itself.
 */
export function follow(path: Point[], from: number, to: Point): number {
  const away = (i: number) => Math.hypot(path[i].x - to.x, path[i].y - to.y);
  // How far it looks ahead, to pass small bends.
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
 * The path after the way-point `which` of `stops` was dragged to a place. The parts next to it are
 * straight until the kernel has found the new path.
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
