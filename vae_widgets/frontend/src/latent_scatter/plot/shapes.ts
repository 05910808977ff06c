/** Small shapes on the canvas of a scatter. */

import type { Point } from "../../canvas/geometry.ts";
import type { Theme } from "../../canvas/theme.ts";

export function line(x0: number, y0: number, x1: number, y1: number): Path2D {
  const path = new Path2D();
  path.moveTo(x0, y0);
  path.lineTo(x1, y1);
  return path;
}

export function circle({ x, y }: Point, radius: number): Path2D {
  const path = new Path2D();
  path.arc(x, y, radius, 0, 2 * Math.PI);
  return path;
}

/** Four lines that leave the middle free. */
export function cross({ x, y }: Point, reach: number): Path2D {
  const path = new Path2D();
  for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
    path.moveTo(x + 5 * dx, y + 5 * dy);
    path.lineTo(x + reach * dx, y + reach * dy);
  }
  return path;
}

export function diamond({ x, y }: Point, reach: number): Path2D {
  const path = new Path2D();
  for (const [dx, dy] of [[0, -1], [1, 0], [0, 1], [-1, 0]]) {
    path.lineTo(x + reach * dx, y + reach * dy);
  }
  path.closePath();
  return path;
}

/** Lines that are visible on any background. */
export function halo(
  context: CanvasRenderingContext2D,
  theme: Theme,
  ink: string,
  width: number,
  ...paths: Path2D[]
): void {
  for (const [colour, lineWidth] of [[theme.paper, width + 2], [ink, width]] as const) {
    context.strokeStyle = colour;
    context.lineWidth = lineWidth;
    for (const path of paths) context.stroke(path);
  }
}
