/** The picture of a scatter: axes, decoded grid and points on a static layer, marks above it. */

import { textBeside } from "../../canvas/text.ts";
import type { Covariance, GridShape } from "../state/protocol.ts";
import type { Point } from "../../canvas/geometry.ts";
import { setMainPart } from "../../controls/keys.ts";
import { OPACITY } from "../../canvas/palette.ts";
import { discRadius } from "./discs.ts";
import { formatTicks } from "../../format/numbers.ts";
import { CanvasView, type Draw } from "../../canvas/canvas_view.ts";
import { PointLayer } from "./point_layer.ts";
import { circle, cross, diamond, halo, line } from "./shapes.ts";
import { drawPrior, posteriorPath } from "./contours.ts";
import { drawRingNames } from "./ring_names.ts";
import type { Density } from "./density.ts";
import type { Theme } from "../../canvas/theme.ts";
import { linearTicks } from "../../format/axis_ticks.ts";
import { Viewport, type Bounds, toBounds } from "../../canvas/viewport.ts";

export interface Grid extends GridShape {
  /** All tiles of the grid in one picture. */
  texture: HTMLCanvasElement;
}

/** Opacity of the points that are not selected, times that of all: black hides a colour sooner than white. */
const FAINT = { light: 0.2, dark: 0.4 };
/** The same above decoded pictures. */
const FAINT_ABOVE = { light: 0.4, dark: 0.6 };

/** Diameter in CSS pixels and opacity of points for which nothing is set: smaller and opaque above pictures. */
export function automaticLook(count: number, abovePictures: boolean): { size: number; opacity: number } {
  const size = 2 * discRadius(count);
  return abovePictures ? { size: 0.85 * size, opacity: 1 } : { size, opacity: OPACITY };
}

export interface Scene {
  positions: Float32Array;
  /** Row of `colours` for each point, -1 where it is hidden. */
  levels: Int16Array;
  colours: Uint8Array;
  /** Shape of each level; null where all are discs. */
  marks: Uint8Array | null;
  selection: Uint32Array;
  /** Drawn with an outline. */
  flagged: Uint32Array;
  /** Diameter of the points in CSS pixels; null chooses it by their number. */
  pointSize: number | null;
  /** null chooses it. */
  opacity: number | null;
  /** Drawn behind the points; null for none. */
  grid: Grid | null;
  /** Names and places on the plane; a place on a line has no y. */
  bookmarks: [string, number[]][];
  /** Centre of the prior if its rings are shown. */
  prior: Point | null;
  /** Density of the aggregated posterior if it is shown. */
  density: Density | null;
  /** Names of the axes. An axis without a name has no meaning, and no ticks. */
  names: [string, string];
  bounds: Bounds;
}

/** Parts that move, and are drawn in every frame. */
export interface Marks {
  hovered: number;
  /** Covariance of q(z | x) of the hovered sample. */
  posterior: Covariance | null;
  /** The picked place on the plane; a place on a line has no y. */
  picked: { x: number; y: number | null; offData: boolean } | null;
  /** The crosshair that the keys move, in pixels. */
  cursor: Point | null;
  /** A lasso or box while it is drawn, in pixels. */
  shape: Point[];
}

const MARGIN = { left: 48, right: 8, top: 8, bottom: 40 };
/** Letters of a tick on the y axis for which the margin has room, and the width of another one. */
const LETTERS = 5;
const LETTER = 6.5;

export class ScatterPlot {
  readonly canvas: HTMLCanvasElement;
  marks: Marks = { hovered: -1, posterior: null, picked: null, cursor: null, shape: [] };
  /** Draws on top of everything, for paths. */
  overlay: Draw | null = null;
  readonly #scene: Scene = {
    positions: new Float32Array(0),
    levels: new Int16Array(0),
    colours: new Uint8Array(3),
    marks: null,
    selection: new Uint32Array(0),
    flagged: new Uint32Array(0),
    pointSize: null,
    opacity: null,
    grid: null,
    bookmarks: [],
    prior: null,
    density: null,
    names: ["", ""],
    bounds: { x0: 0, x1: 1, y0: 0, y1: 1 },
  };
  readonly #picture: CanvasView;
  readonly #still = document.createElement("canvas");
  readonly #points = new PointLayer();
  #drawn: { theme: Theme; width: number; height: number } | null = null;
  #margin: { bounds: Bounds; names: [string, string]; height: number; left: number } | null = null;

  /** The canvas fills `parent`; screen readers say `description` when it gets the focus. */
  constructor(parent: HTMLElement, description: string) {
    this.#picture = new CanvasView(parent, (context, theme) => this.#draw(context, theme));
    this.canvas = this.#picture.canvas;
    setMainPart(this.canvas);
    this.canvas.role = "application";
    this.canvas.ariaLabel = description;
  }

  get scene(): Readonly<Scene> {
    return this.#scene;
  }

  /** Whether a sample is drawn: the legend hides whole groups. */
  isVisible(index: number): boolean {
    return this.#scene.levels[index] >= 0;
  }

  /** Whether the page has given it a size, which `viewport` needs. */
  get isLaidOut(): boolean {
    return this.#picture.width > 0 && this.#picture.height > 0;
  }

  get viewport(): Viewport {
    const height = Math.max(1, this.#picture.height - MARGIN.top - MARGIN.bottom);
    const left = this.#leftMargin(height);
    return new Viewport(this.#scene.bounds, {
      left,
      top: MARGIN.top,
      width: Math.max(1, this.#picture.width - left - MARGIN.right),
      height,
    });
  }

  /** Has room for the ticks of the y axis. They are formatted once for each view, not in every frame. */
  #leftMargin(height: number): number {
    const { bounds, names } = this.#scene;
    const known = this.#margin;
    if (known?.bounds === bounds && known.names === names && known.height === height) return known.left;
    const letters = this.#yTicks(height).map(({ text }) => text.length);
    const left = Math.round(MARGIN.left + LETTER * Math.max(0, ...letters.map((count) => count - LETTERS)));
    this.#margin = { bounds, names, height, left };
    return left;
  }

  #yTicks(height: number): { y: number; text: string }[] {
    const { bounds, names } = this.#scene;
    const ys = names[1] ? linearTicks(bounds.y0, bounds.y1, height / 50) : [];
    return formatTicks(ys).map((text, i) => ({ y: ys[i], text }));
  }

  get radius(): number {
    return this.#look.size / 2;
  }

  get #look(): { size: number; opacity: number } {
    const { pointSize, opacity, positions, grid } = this.#scene;
    const automatic = automaticLook(positions.length / 2, grid !== null);
    return { size: pointSize ?? automatic.size, opacity: opacity ?? automatic.opacity };
  }

  /** Change the static layer. */
  show(change: Partial<Scene>): void {
    const names = Object.keys(change) as (keyof Scene)[];
    if (names.every((name) => change[name] === this.#scene[name])) return;
    Object.assign(this.#scene, change);
    this.#drawn = null;
    this.#picture.redraw();
  }

  /** Change the marks. */
  mark(change: Partial<Marks>): void {
    Object.assign(this.marks, change);
    this.#picture.redraw();
  }

  close(): void {
    this.#picture.close();
  }

  #draw(context: CanvasRenderingContext2D, theme: Theme): void {
    const { width, height } = this.#picture.canvas;
    const drawn = this.#drawn;
    if (drawn?.theme !== theme || drawn.width !== width || drawn.height !== height) {
      const done = this.#drawStill(theme, width, height);
      this.#drawn = done ? { theme, width, height } : null;
      if (!done) this.#picture.redraw();
    }
    context.drawImage(this.#still, 0, 0, this.#picture.width, this.#picture.height);
    this.#drawMarks(context, theme);
  }

  /** Returns false if it must continue in the next frame. */
  #drawStill(theme: Theme, width: number, height: number): boolean {
    if (this.#still.width !== width) this.#still.width = width;
    if (this.#still.height !== height) this.#still.height = height;
    const context = this.#still.getContext("2d")!;
    const ratio = width / this.#picture.width;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.save();
    const viewport = this.viewport;
    this.#drawAxes(context, theme, viewport);
    const { left, top, width: w, height: h } = viewport.box;
    context.beginPath();
    context.rect(left, top, w, h);
    context.clip();
    if (this.#scene.grid) drawGrid(context, theme, this.#scene.grid, viewport);
    else this.#scene.density?.shade(context, theme, viewport);
    const done = this.#drawPoints(context, theme, viewport, ratio);
    const { prior, density } = this.#scene;
    drawRingNames(context, theme, [
      ...(prior ? drawPrior(context, theme, viewport, prior) : []),
      ...(density?.encircle(context, theme, viewport) ?? []),
    ]);
    for (const [name, [x, y]] of this.#scene.bookmarks) {
      const at = viewport.toScreen(x, y ?? 0);
      halo(context, theme, theme.accent, 2, diamond(at, 5));
      if (viewport.contains(at)) textBeside(context, theme, name, at, viewport.box, 10, 12);
    }
    context.restore();
    return done;
  }

  #drawAxes(context: CanvasRenderingContext2D, theme: Theme, viewport: Viewport): void {
    const { left, top, width, height } = viewport.box;
    const { x0, x1, y0 } = viewport.bounds;
    const [nameX, nameY] = this.#scene.names;
    const bottom = top + height;
    context.font = `11px ${theme.font}`;
    context.fillStyle = theme.faint;
    context.strokeStyle = theme.line;
    context.lineWidth = 1;
    context.beginPath();
    context.rect(left + 0.5, top + 0.5, width - 1, height - 1);
    const xs = linearTicks(x0, x1, width / 80);
    context.textAlign = "center";
    context.textBaseline = "top";
    formatTicks(xs).forEach((text, i) => {
      const x = Math.round(viewport.toScreen(xs[i], y0).x) + 0.5;
      context.moveTo(x, top);
      context.lineTo(x, bottom);
      context.fillText(text, x, bottom + 5);
    });
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const tick of this.#yTicks(height)) {
      const y = Math.round(viewport.toScreen(x0, tick.y).y) + 0.5;
      context.moveTo(left, y);
      context.lineTo(left + width, y);
      context.fillText(tick.text, left - 5, y);
    }
    context.stroke();
    context.fillStyle = theme.ink;
    context.font = `12px ${theme.font}`;
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    context.fillText(nameX, left + width / 2, bottom + 34);
    context.save();
    context.translate(12, top + height / 2);
    context.rotate(-Math.PI / 2);
    context.fillText(nameY || "jitter (no meaning)", 0, 0);
    context.restore();
  }

  /** Returns false if it must continue in the next frame. */
  #drawPoints(context: CanvasRenderingContext2D, theme: Theme, viewport: Viewport, ratio: number): boolean {
    const { positions, levels, colours, marks, selection, flagged, grid } = this.#scene;
    const { radius } = this;
    const { opacity } = this.#look;
    const outline = theme.dark ? "#ffffff" : "#000000";
    const faint = (grid ? FAINT_ABOVE : FAINT)[theme.dark ? "dark" : "light"];
    const points = { positions, levels, colours, marks, selection, flagged, outline, radius, opacity, faint };
    return this.#points.draw(context, points, viewport, ratio);
  }

  #drawMarks(context: CanvasRenderingContext2D, theme: Theme): void {
    const { hovered, posterior, picked, cursor, shape } = this.marks;
    const viewport = this.viewport;
    const { left, top, width, height } = viewport.box;
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    if (shape.length > 1) {
      context.beginPath();
      for (const { x, y } of shape) context.lineTo(x, y);
      context.closePath();
      context.fillStyle = theme.accent;
      context.globalAlpha = 0.15;
      context.fill();
      context.globalAlpha = 1;
      context.strokeStyle = theme.accent;
      context.lineWidth = 1.5;
      context.stroke();
    }
    if (picked) {
      const at = viewport.toScreen(picked.x, picked.y ?? 0);
      const colour = picked.offData ? theme.warn : theme.accent;
      if (picked.y === null) halo(context, theme, colour, 2, line(at.x, top, at.x, top + height));
      else halo(context, theme, colour, 2, cross(at, 9), circle(at, 5));
    }
    if (this.isVisible(hovered)) {
      const { positions } = this.#scene;
      const [x, y] = [positions[2 * hovered], positions[2 * hovered + 1]];
      const rings = [circle(viewport.toScreen(x, y), this.radius + 2.5)];
      if (posterior) rings.push(posteriorPath(viewport, { x, y }, posterior));
      halo(context, theme, theme.ink, 2, ...rings);
    }
    if (cursor) {
      context.strokeStyle = theme.ink;
      context.lineWidth = 1;
      context.setLineDash([4, 3]);
      context.stroke(line(left, cursor.y, left + width, cursor.y));
      context.stroke(line(cursor.x, top, cursor.x, top + height));
    }
    this.overlay?.(context, theme);
    context.restore();
  }
}

/** The decoded pictures, faded so that points stand out, with a line between them. */
function drawGrid(
  context: CanvasRenderingContext2D,
  theme: Theme,
  grid: Grid,
  viewport: Viewport,
): void {
  const { x0, x1, y0, y1 } = toBounds(grid.bounds);
  const from = viewport.toScreen(x0, y1);
  const to = viewport.toScreen(x1, y0);
  const [width, height] = [to.x - from.x, to.y - from.y];
  context.save();
  // Pixel art stays sharp, larger pictures shrink smoothly.
  context.imageSmoothingEnabled = width < grid.texture.width;
  context.globalAlpha = theme.dark ? 0.55 : 0.75;
  context.drawImage(grid.texture, from.x, from.y, width, height);
  context.globalAlpha = 1;
  // It separates pictures with a ground of their own, and those that are drawn on the page.
  context.strokeStyle = theme.line;
  context.lineWidth = 2;
  for (let i = 1; i < grid.columns; i++) {
    const x = Math.round(from.x + (i / grid.columns) * width);
    context.stroke(line(x, from.y, x, to.y));
  }
  for (let i = 1; i < grid.rows; i++) {
    const y = Math.round(from.y + (i / grid.rows) * height);
    context.stroke(line(from.x, y, to.x, y));
  }
  context.restore();
}
