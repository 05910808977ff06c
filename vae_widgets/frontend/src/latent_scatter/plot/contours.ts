/** The prior as rings, and the posterior of one sample as an ellipse. */

import { contour } from "./gaussian.ts";
import { halo } from "./shapes.ts";
import type { Covariance } from "../state/protocol.ts";
import type { Point } from "../../canvas/geometry.ts";
import type { RingName } from "./ring_names.ts";
import type { Theme } from "../../canvas/theme.ts";
import type { Viewport } from "../../canvas/viewport.ts";

const PRIOR_RINGS = [0.5, 0.9, 0.99];
export const POSTERIOR_RING = 0.95;

// Room for the name of a ring around its place: beside, above and below.
const NAME = { beside: 40, above: 16, below: 2 };

/** Rings that contain 50, 90 and 99 % of a standard normal prior; returns their names, at the top of what is seen. */
export function drawPrior(
  context: CanvasRenderingContext2D,
  theme: Theme,
  viewport: Viewport,
  center: Point,
): RingName[] {
  const named: RingName[] = [];
  for (const probability of PRIOR_RINGS) {
    const corners = contour(center, [1, 0, 0, 1], probability);
    context.setLineDash([6, 4]);
    halo(context, theme, theme.ink, 1.25, closed(corners, viewport));
    context.setLineDash([]);
    const { left, top, width, height } = viewport.box;
    const seen = corners
      .map(({ x, y }) => viewport.toScreen(x, y))
      .filter(
        ({ x, y }) =>
          Math.abs(x - left - width / 2) < width / 2 - NAME.beside &&
          y > top + NAME.above &&
          y < top + height - NAME.below &&
          named.every((o) => Math.abs(o.x - x) > 2 * NAME.beside || Math.abs(o.y - y) > NAME.above),
      );
    if (!seen.length) continue;
    const at = seen.reduce((highest, place) => (place.y < highest.y ? place : highest));
    named.push({ text: `${100 * probability} % of prior`, x: at.x, y: at.y, above: NAME.below });
  }
  return named;
}

/** The ellipse that contains 95 % of q(z | x). */
export function posteriorPath(viewport: Viewport, center: Point, covariance: Covariance): Path2D {
  return closed(contour(center, covariance, POSTERIOR_RING), viewport);
}

function closed(corners: Point[], viewport: Viewport): Path2D {
  const path = new Path2D();
  for (const corner of corners) {
    const { x, y } = viewport.toScreen(corner.x, corner.y);
    path.lineTo(x, y);
  }
  path.closePath();
  return path;
}
