/**
 * The points of a scatter as a cached picture. A new picture is drawn in slices, so that a million
 * points do not delay a frame; until it is complete, the old one is shown, scaled and moved.
 */

import { channels } from "../../canvas/palette.ts";
import { countDiscs, drawDiscs, outlineOpacity, type Discs } from "./discs.ts";
import { Viewport } from "../../canvas/viewport.ts";

export interface Points {
  positions: Float32Array;
  /** Row of `colours` for each point, -1 where it is hidden. */
  levels: Int16Array;
  colours: Uint8Array;
  /** Shape of each level; null where all are discs. */
  marks: Uint8Array | null;
  /** Drawn opaque on top; the other points are then faint. */
  selection: Uint32Array;
  /** Drawn with an outline, in front of all points. */
  flagged: Uint32Array;
  /** Of the outline. */
  outline: string;
  /** In CSS pixels. */
  radius: number;
  opacity: number;
  /** Times `opacity`: that of the points that are not selected. */
  faint: number;
}

interface Drawing {
  points: Points;
  /** What the picture shows; its box is the picture. */
  viewport: Viewport;
  /** Device pixels per CSS pixel. */
  ratio: number;
}

// Time for drawing in a frame of 16.7 ms, and the number of discs between two looks at the clock.
const SLICE = 6;
const STRIDE = 8192;
// More points than this take several frames, so they are drawn with a margin around the view.
const MANY = 30_000;
const MARGIN = 0.25;
// Width of an outline, in CSS pixels.
const OUTLINE = 1.2;

export class PointLayer {
  readonly #canvas = document.createElement("canvas");
  #shown: Drawing | null = null;
  #coming: Job | null = null;

  /** Draw the points. Returns false if it must continue in the next frame. */
  draw(
    context: CanvasRenderingContext2D,
    points: Points,
    viewport: Viewport,
    ratio: number,
  ): boolean {
    const wanted = { points, viewport: around(viewport, points), ratio };
    if (this.#coming && !samePoints(this.#coming.points, points)) this.#coming = null;
    // A picture of other coordinates must not be shown.
    if (this.#shown?.points.positions !== points.positions) this.#shown = null;
    const done = this.#shown !== null && same(this.#shown, wanted);
    if (done) this.#coming = null;
    else {
      this.#coming ??= new Job(wanted);
      if (this.#coming.advance(this.#shown ? performance.now() + SLICE : Infinity)) {
        this.#coming.put(this.#canvas);
        this.#shown = this.#coming;
        this.#coming = null;
      }
    }
    this.#blit(context, viewport);
    return same(this.#shown!, wanted);
  }

  #blit(context: CanvasRenderingContext2D, viewport: Viewport): void {
    const { viewport: from, ratio } = this.#shown!;
    const { x0, y1 } = from.bounds;
    const at = viewport.toScreen(x0, y1);
    const zoom = viewport.scaleX / from.scaleX;
    const moved = Math.abs(zoom - 1) < 1e-6;
    // Without smoothing while the plane moves.
    context.imageSmoothingEnabled = !moved;
    const snap = (x: number) => (moved ? Math.round(x * ratio) / ratio : x);
    const { width, height } = this.#canvas;
    context.drawImage(
      this.#canvas,
      snap(at.x),
      snap(at.y),
      (width / ratio) * zoom,
      ((height / ratio) * viewport.scaleY) / from.scaleY,
    );
  }
}

/** A picture that is being drawn. */
class Job implements Drawing {
  readonly points: Points;
  readonly viewport: Viewport;
  readonly ratio: number;
  readonly #pixels: ImageData;
  /** Groups of discs from front to back, each drawn from its last disc to its first. */
  readonly #passes: Discs[];
  #rest: number;

  constructor({ points, viewport, ratio }: Drawing) {
    this.points = points;
    this.viewport = viewport;
    this.ratio = ratio;
    const { box, bounds, scaleX, scaleY } = viewport;
    this.#pixels = new ImageData(Math.round(box.width * ratio), Math.round(box.height * ratio));
    const { positions, levels, colours, marks, selection, flagged, outline, radius, opacity, faint } = points;
    const all = {
      positions,
      levels,
      colours,
      marks,
      scaleX: scaleX * ratio,
      scaleY: scaleY * ratio,
      offsetX: -bounds.x0 * scaleX * ratio,
      offsetY: -bounds.y1 * scaleY * ratio,
      radius: radius * ratio,
      opacity,
    };
    this.#passes = selection.length
      ? [{ ...all, opacity: 1, which: selection }, { ...all, opacity: faint * opacity }]
      : [all];
    if (flagged.length) {
      const [r, g, b] = channels(outline);
      this.#passes.unshift({
        ...all,
        colours: colours.map((_, i) => [r, g, b][i % 3]),
        radius: (radius + OUTLINE) * ratio,
        hole: radius * ratio,
        opacity: outlineOpacity(flagged.length, positions.length / 2),
        which: flagged,
      });
    }
    this.#rest = countDiscs(this.#passes[0]);
  }

  /** Draw until the time `until` of `performance.now`. Returns true if the picture is complete. */
  advance(until: number): boolean {
    while (this.#passes.length) {
      const from = Math.max(0, this.#rest - STRIDE);
      drawDiscs(this.#pixels, this.#passes[0], from, this.#rest);
      this.#rest = from;
      if (!from) {
        this.#passes.shift();
        if (this.#passes.length) this.#rest = countDiscs(this.#passes[0]);
      }
      if (performance.now() > until) break;
    }
    return !this.#passes.length;
  }

  put(canvas: HTMLCanvasElement): void {
    canvas.width = this.#pixels.width;
    canvas.height = this.#pixels.height;
    canvas.getContext("2d")!.putImageData(this.#pixels, 0, 0);
  }
}

function around(viewport: Viewport, { positions }: Points): Viewport {
  const { width, height } = viewport.box;
  const share = positions.length / 2 > MANY ? MARGIN : 0;
  const [dx, dy] = [Math.round(share * width), Math.round(share * height)];
  const box = { left: 0, top: 0, width: width + 2 * dx, height: height + 2 * dy };
  const { x0, x1, y0, y1 } = viewport.bounds;
  const [x, y] = [dx / viewport.scaleX, -dy / viewport.scaleY];
  return new Viewport({ x0: x0 - x, x1: x1 + x, y0: y0 - y, y1: y1 + y }, box);
}

function samePoints(a: Points, b: Points): boolean {
  return (Object.keys(a) as (keyof Points)[]).every((key) => a[key] === b[key]);
}

function same(a: Drawing, b: Drawing): boolean {
  const [p, q] = [a.viewport, b.viewport];
  const edges = ["x0", "x1", "y0", "y1"] as const;
  return (
    a.ratio === b.ratio &&
    p.box.width === q.box.width &&
    p.box.height === q.box.height &&
    edges.every((edge) => p.bounds[edge] === q.bounds[edge]) &&
    samePoints(a.points, b.points)
  );
}
