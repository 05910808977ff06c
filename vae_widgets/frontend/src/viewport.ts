/** The visible part of a plane, and where it lies on the screen. Screen y grows downwards. */

import type { Point } from "./gestures.ts";

export interface Bounds {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
}

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

  /** Bounds after moving the plane by so many pixels. */
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

/** Round numbers in [low, high], about `count` of them, a step of 1, 2 or 5 times a power of 10. */
export function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((m) => m * power >= rough * 0.999)! * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

/** A number with digits down to a hundredth (or so) of `span`, and a real minus sign. */
export function formatNumber(value: number, span: number): string {
  const size = Math.max(Math.abs(value), span);
  if (size >= 1e5 || (span > 0 && span < 1e-4)) return minus(value.toPrecision(3));
  const digits = span > 0 ? Math.max(0, 2 - Math.floor(Math.log10(span))) : 2;
  const text = value.toFixed(Math.min(6, digits));
  return minus(Number(text) === 0 ? text.replace("-", "") : text);
}

/** Labels of ticks, all with the decimals that their step needs. */
export function formatTicks(values: number[]): string[] {
  const step = values.length > 1 ? values[1] - values[0] : 1;
  const size = Math.max(...values.map(Math.abs));
  if (size >= 1e5 || step < 1e-4) return values.map((value) => minus(value.toPrecision(3)));
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return values.map((value) => minus((Math.abs(value) < step / 2 ? 0 : value).toFixed(decimals)));
}

function minus(text: string): string {
  return text.replace("-", "\u2212");
}
