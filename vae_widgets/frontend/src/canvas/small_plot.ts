/** A small plot on a canvas: a frame, a title, and about three ticks on each axis. */

import { shortened } from "./text.ts";
import type { Theme } from "./theme.ts";
import { linearTicks } from "../format/axis_ticks.ts";
import { plain } from "../format/numbers.ts";
import { type Box, Viewport } from "./viewport.ts";

export interface Axes {
  title: string;
  x: [number, number];
  y: [number, number];
  xName: string;
  /** Labels of the y axis in place of numbers: value and text. */
  yTicks?: [number, string][];
}

const MARGIN = { left: 40, right: 8, top: 20, bottom: 30 };

/** Whether plots are stacked instead of side by side. */
export function isNarrow(width: number): boolean {
  return width < 660; // three of 220, whose titles are not cut
}

/** Box of plot `index` of `count`: side by side, or stacked where the width is small. */
export function cellBox(width: number, height: number, index: number, count: number): Box {
  const stacked = isNarrow(width);
  const [w, h] = stacked ? [width, height / count] : [width / count, height];
  return { left: stacked ? 0 : index * w, top: stacked ? index * h : 0, width: w, height: h };
}

/** Draw the axes into a cell. Returns the viewport of the data. */
export function drawAxes(context: CanvasRenderingContext2D, theme: Theme, into: Box, axes: Axes): Viewport {
  const box = {
    left: into.left + MARGIN.left,
    top: into.top + MARGIN.top,
    width: Math.max(1, into.width - MARGIN.left - MARGIN.right),
    height: Math.max(1, into.height - MARGIN.top - MARGIN.bottom),
  };
  const view = new Viewport({ x0: axes.x[0], x1: axes.x[1], y0: axes.y[0], y1: axes.y[1] }, box);
  context.font = `11px ${theme.font}`;
  context.fillStyle = theme.ink;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.fillText(shortened(context, axes.title, box.width + MARGIN.right - 4), box.left, into.top + 12);
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.fillStyle = theme.faint;
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const x of linearTicks(axes.x[0], axes.x[1], 4)) {
    const text = plain(x, 4);
    const end = into.left + into.width - context.measureText(text).width / 2;
    context.fillText(text, Math.min(view.toScreen(x, 0).x, end), box.top + box.height + 4);
  }
  context.fillText(axes.xName, box.left + box.width / 2, box.top + box.height + 17);
  context.textAlign = "right";
  context.textBaseline = "middle";
  const ticks =
    axes.yTicks ??
    linearTicks(axes.y[0], axes.y[1], 4).map((y): [number, string] => [y, plain(y, 4)]);
  for (const [y, text] of ticks) {
    context.fillText(text, box.left - 4, view.toScreen(0, y).y);
  }
  context.strokeRect(Math.round(box.left) - 0.5, Math.round(box.top) - 0.5, Math.round(box.width) + 1, Math.round(box.height) + 1);
  return view;
}

/** Limits of an axis, with a margin around the values; `least` is included. */
export function paddedLimits(values: ArrayLike<number>, least: number[] = []): [number, number] {
  let [low, high] = [Math.min(...least, Infinity), Math.max(...least, -Infinity)];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  if (!(low <= high)) return [0, 1];
  const air = high > low ? 0.05 * (high - low) : 0.5 * Math.abs(high) || 0.5;
  return [least.includes(low) ? low : low - air, high + air];
}

/** Draw a line through points in data coordinates, with gaps where a value is not finite. */
export function drawLine(
  context: CanvasRenderingContext2D,
  view: Viewport,
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  steps = false,
): void {
  context.beginPath();
  let pen = false;
  for (let i = 0; i < xs.length; i++) {
    if (!Number.isFinite(ys[i])) {
      pen = false;
      continue;
    }
    const { x, y } = view.toScreen(xs[i], ys[i]);
    if (pen && steps) context.lineTo(x, view.toScreen(xs[i], ys[i - 1]).y);
    if (pen) context.lineTo(x, y);
    else context.moveTo(x, y);
    pen = true;
  }
  context.stroke();
}
