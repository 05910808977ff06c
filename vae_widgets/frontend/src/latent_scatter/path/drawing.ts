/** Draws a path on a scatter, and finds the part of it under the pointer. */

import { haloedText } from "../../canvas/text.ts";
import type { Point } from "../../canvas/geometry.ts";
import type { Theme } from "../../canvas/theme.ts";
import { halo } from "../plot/shapes.ts";

/** Positions are in pixels. */
export interface PathPicture {
  path: Point[];
  /** The frame of the slider, where the point is. */
  frame: number;
  /** Frames that are way-points, both ends included. */
  stops: number[];
  /** Whether the path is a guess, while a way-point is dragged. */
  guessed: boolean;
  /** The new start, until the new end is chosen too. */
  newStart: Point | null;
  /** Where the plot ends at its right. */
  right: number;
}

const NAME = { x: 9, y: -9 };
// Half the size of a name, with a margin. A name can be dragged because the point may cover its end.
const NAME_REACH = { x: 22, y: 9 };

/** 1 if the name of a point stands at its right, -1 at its left because the plot ends. */
const sideOf = (point: Point, right: number) => (point.x + NAME.x + 2 * NAME_REACH.x > right ? -1 : 1);

export function drawPath(
  context: CanvasRenderingContext2D,
  theme: Theme,
  { path, frame, stops, guessed, newStart, right }: PathPicture,
): void {
  context.lineJoin = "round";
  context.setLineDash(guessed ? [6, 4] : []);
  const way = new Path2D();
  for (const { x, y } of path) way.lineTo(x, y);
  halo(context, theme, theme.ink, 2, way);
  context.setLineDash([]);
  for (const stop of stops) dot(context, path[stop], 4, theme.ink, theme.paper);
  // Way-points have the numbers of their keys.
  stops.forEach((stop, i) => {
    const name = i === 0 ? "start" : i === stops.length - 1 ? "end" : String(i);
    label(context, theme, name, path[stop], right);
  });
  dot(context, path[frame], 7, theme.accent, theme.paper);
  if (newStart) {
    dot(context, newStart, 5, theme.accent, theme.paper);
    label(context, theme, "new start", newStart, right);
  }
}

/**
 * The part of the path at a place that can be dragged: the point, the number of a way-point, or
 * null. `reach` is the greatest distance in pixels; only parts that are `seen` count.
 */
export function hitPath(
  { path, frame, stops, right }: PathPicture,
  at: Point,
  reach: number,
  seen: (point: Point) => boolean,
): "point" | number | null {
  const near = (point: Point) => seen(point) && Math.hypot(at.x - point.x, at.y - point.y) <= reach;
  const inName = (point: Point) =>
    seen(point) &&
    Math.abs(at.x - point.x - sideOf(point, right) * (NAME.x + NAME_REACH.x)) <= NAME_REACH.x &&
    Math.abs(at.y - point.y - NAME.y) <= NAME_REACH.y;
  for (const which of [0, stops.length - 1]) {
    if (inName(path[stops[which]])) return which;
  }
  if (near(path[frame])) return "point";
  const which = stops.findIndex((stop) => near(path[stop]));
  return which < 0 ? null : which;
}

function dot(
  context: CanvasRenderingContext2D,
  { x, y }: Point,
  radius: number,
  colour: string,
  rim: string,
): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.strokeStyle = rim;
  context.lineWidth = 2;
  context.stroke();
}

/** A label next to a point. */
function label(
  context: CanvasRenderingContext2D,
  theme: Theme,
  text: string,
  at: Point,
  right: number,
): void {
  const side = sideOf(at, right);
  context.textAlign = side < 0 ? "right" : "left";
  context.textBaseline = "middle";
  haloedText(context, theme, text, at.x + side * NAME.x, at.y + NAME.y);
}
