/** The visible part of a plane, and where it lies on the screen. Screen y grows downwards. */

import type { Point } from "./geometry.ts";

export interface Bounds {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
}

/** x0, x1, y0, y1: bounds as they are sent. */
export type Edges = [number, number, number, number];

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export class Viewport {
  readonly bounds: Bounds;
  readonly box: Box;

  constructor(bounds: Bounds, box: Box) {
    this.bounds = bounds;
    this.box = box;
  }

  /** Pixels per unit; y is negative, since it grows downwards. */
  get scaleX(): number {
    return this.box.width / (this.bounds.x1 - this.bounds.x0);
  }

  get scaleY(): number {
    return -this.box.height / (this.bounds.y1 - this.bounds.y0);
  }

  toScreen(x: number, y: number): Point {
    return {
      x: this.box.left + (x - this.bounds.x0) * this.scaleX,
      y: this.box.top + (y - this.bounds.y1) * this.scaleY,
    };
  }

  toPlane(at: Point): Point {
    return {
      x: this.bounds.x0 + (at.x - this.box.left) / this.scaleX,
      y: this.bounds.y1 + (at.y - this.box.top) / this.scaleY,
    };
  }

  contains(at: Point): boolean {
    const { left, top, width, height } = this.box;
    return at.x >= left && at.x <= left + width && at.y >= top && at.y <= top + height;
  }

  /** The place inside the box that is nearest to a place in pixels. */
  clamp({ x, y }: Point): Point {
    const { left, top, width, height } = this.box;
    return {
      x: Math.min(left + width, Math.max(left, x)),
      y: Math.min(top + height, Math.max(top, y)),
    };
  }

  /** Bounds after the plane is moved by `dx` and `dy` pixels. */
  panned(dx: number, dy: number): Bounds {
    const { x0, x1, y0, y1 } = this.bounds;
    const [x, y] = [dx / this.scaleX, dy / this.scaleY];
    return { x0: x0 - x, x1: x1 - x, y0: y0 - y, y1: y1 - y };
  }

  /** Bounds magnified by `factor`; the place under `at` stays there. */
  zoomed(at: Point, factor: number): Bounds {
    const { x0, x1, y0, y1 } = this.bounds;
    const { x, y } = this.toPlane(at);
    return {
      x0: x + (x0 - x) / factor,
      x1: x + (x1 - x) / factor,
      y0: y + (y0 - y) / factor,
      y1: y + (y1 - y) / factor,
    };
  }
}

export function toBounds([x0, x1, y0, y1]: Edges): Bounds {
  return { x0, x1, y0, y1 };
}

export function toEdges({ x0, x1, y0, y1 }: Bounds): Edges {
  return [x0, x1, y0, y1];
}
