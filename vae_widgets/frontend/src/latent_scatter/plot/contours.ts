/** The prior as rings, and the posterior of one sample as an ellipse. */

import { haloedText } from "../../canvas/text.ts";
import { contour } from "./gaussian.ts";
import type { Covariance } from "../state/protocol.ts";
import type { Point } from "../../canvas/geometry.ts";
import type { Theme } from "../../canvas/theme.ts";
import type { Viewport } from "../../canvas/viewport.ts";

const PRIOR_RINGS = [0.5, 0.9, 0.99];
export const POSTERIOR_RING = 0.95;

/** Rings that contain 50, 90 and 99 % of a standard normal prior on this plane. */
export function drawPrior(
  context: CanvasRenderingContext2D,
  theme: Theme,
  viewport: Viewport,
  center: Point,
): void {
  context.textAlign = "center";
  context.textBaseline = "bottom";
  for (const probability of PRIOR_RINGS) {
    const corners = contour(center, [1, 0, 0, 1], probability);
    context.lineWidth = 1.25;
    context.setLineDash([6, 4]);
    context.strokeStyle = theme.ink;
    context.stroke(closed(corners, viewport));
    context.setLineDash([]);
    const top = viewport.toScreen(center.x, Math.max(...corners.map(({ y }) => y)));
    haloedText(context, theme, `${100 * probability} % of prior`, top.x, top.y - 2);
  }
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
