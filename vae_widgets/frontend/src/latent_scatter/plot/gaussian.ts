/** Contours of a Gaussian on a plane. */

import type { Point } from "../../canvas/geometry.ts";
import type { Covariance } from "../state/protocol.ts";

const CORNERS = 72;

/** Mahalanobis distance within which a Gaussian of two dimensions has this probability. */
export function radiusOf(probability: number): number {
  return Math.sqrt(-2 * Math.log(1 - probability)); // chi-squared with two degrees of freedom
}

/** The contour that contains this probability, as a closed polygon. */
export function contour(center: Point, covariance: Covariance, probability: number): Point[] {
  const [xx, xy, , yy] = covariance;
  // Cholesky factor L: it maps the unit circle to the contour of the covariance L L^T.
  const a = Math.sqrt(xx);
  const b = a > 0 ? xy / a : 0;
  const c = Math.sqrt(Math.max(0, yy - b * b));
  const radius = radiusOf(probability);
  return Array.from({ length: CORNERS }, (_, i) => {
    const angle = (2 * Math.PI * i) / CORNERS;
    const [u, v] = [radius * Math.cos(angle), radius * Math.sin(angle)];
    return { x: center.x + a * u, y: center.y + b * u + c * v };
  });
}
