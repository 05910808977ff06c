/** The density of the aggregated posterior q(z), as a shade behind the points and as rings. */

import { readArray } from "../../kernel/arrays.ts";
import { halo } from "./shapes.ts";
import type { Point } from "../../canvas/geometry.ts";
import type { DensityState } from "../state/protocol.ts";
import { isoline } from "./isoline.ts";
import type { RingName } from "./ring_names.ts";
import type { Theme } from "../../canvas/theme.ts";
import { toBounds, type Viewport } from "../../canvas/viewport.ts";

const DARKEST = 0.45;
const NAME = { width: 72, height: 18, above: 4 };

export class Density {
  readonly #state: DensityState;
  readonly #mask = document.createElement("canvas");
  readonly #rings: { probability: number; segments: [Point, Point][] }[];

  constructor(state: DensityState) {
    this.#state = state;
    const { columns, rows, bounds } = state;
    const density = readArray(state.density);
    const { x0, x1, y0, y1 } = toBounds(bounds);
    const place = (column: number, row: number): Point => ({
      x: x0 + ((column + 0.5) / columns) * (x1 - x0),
      y: y1 - ((row + 0.5) / rows) * (y1 - y0),
    });
    this.#rings = state.rings.map(({ probability, density: level }) => {
      const found = isoline(density, columns, level);
      const segments = Array.from({ length: found.length / 4 }, (_, i): [Point, Point] => {
        const [xa, ya, xb, yb] = found.slice(4 * i, 4 * i + 4);
        return [place(xa, ya), place(xb, yb)];
      });
      return { probability, segments };
    });
    this.#mask.width = columns;
    this.#mask.height = rows;
    const context = this.#mask.getContext("2d")!;
    const pixels = context.createImageData(columns, rows);
    const highest = density.reduce((a, b) => Math.max(a, b), 0) || 1;
    // The square root, so that a narrow peak does not hide the rest.
    density.forEach((value, i) => {
      pixels.data[4 * i + 3] = 255 * DARKEST * Math.sqrt(value / highest);
    });
    context.putImageData(pixels, 0, 0);
  }

  shade(context: CanvasRenderingContext2D, theme: Theme, viewport: Viewport): void {
    const mask = this.#mask.getContext("2d")!;
    mask.globalCompositeOperation = "source-in"; // keeps the opacity
    mask.fillStyle = theme.dark ? "#fff" : "#000";
    mask.fillRect(0, 0, this.#mask.width, this.#mask.height);
    const { x0, x1, y0, y1 } = toBounds(this.#state.bounds);
    const from = viewport.toScreen(x0, y1);
    const to = viewport.toScreen(x1, y0);
    context.imageSmoothingEnabled = true;
    context.drawImage(this.#mask, from.x, from.y, to.x - from.x, to.y - from.y);
  }

  /** Draw the rings; returns their names. */
  encircle(context: CanvasRenderingContext2D, theme: Theme, viewport: Viewport): RingName[] {
    const { left, top, width, height } = viewport.box;
    const named: RingName[] = [];
    /** Whether there is room for a name. */
    const free = ({ x, y }: Point) =>
      x > left + NAME.width / 2 &&
      x < left + width - NAME.width / 2 &&
      y > top + NAME.height &&
      y < top + height &&
      named.every((o) => Math.abs(o.x - x) > NAME.width || Math.abs(o.y - y) > NAME.height);
    for (const { probability, segments } of this.#rings) {
      const ring = new Path2D();
      let lowest: Point | null = null;
      for (const [a, b] of segments) {
        const [from, to] = [viewport.toScreen(a.x, a.y), viewport.toScreen(b.x, b.y)];
        ring.moveTo(from.x, from.y);
        ring.lineTo(to.x, to.y);
        if (free(to) && (!lowest || to.y > lowest.y)) lowest = to;
      }
      halo(context, theme, theme.ink, 1.5, ring);
      // At the bottom, because the names of the rings of the prior are at the top.
      if (lowest) {
        named.push({ text: `${100 * probability} % of q(z)`, x: lowest.x, y: lowest.y, above: NAME.above });
      }
    }
    return named;
  }
}
