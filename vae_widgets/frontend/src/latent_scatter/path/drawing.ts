/** A path on a scatter: how it looks, and what of it can be dragged. */

import { haloedText } from "../../canvas/text.ts";
import type { Point } from "../../canvas/geometry.ts";
import type { Theme } from "../../canvas/theme.ts";

/** Places are in pixels. */
export interface PathPicture {
  path: Point[];
  /** The frame at which the point stands. */
  frame: number;
  /** Frames that are way-points, both ends included. */
  stops: number[];
  /** Whether a way-point is being dragged: the path is a guess. */
  guessed: boolean;
  /** A start that was chosen, while its end is not. */
  newStart: Point | null;
}

const NAME = { x: 9, y: -9 };
// The name can be dragged too: the point may lie on its end. Half its size, with some room.
const NAME_REACH = { x: 22, y: 9 };

export function drawPath(
  context: CanvasRenderingContext2D,
  theme: Theme,
  { path, frame, stops, guessed, newStart }: PathPicture,
): void {
  context.lineJoin = "round";
  context.setLineDash(guessed ? [6, 4] : []);
  for (const [colour, width] of [[theme.paper, 5], [theme.ink, 1.75]] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    for (const { x, y } of path) context.lineTo(x, y);
    context.stroke();
  }
  context.setLineDash([]);
  for (const stop of stops) dot(context, path[stop], 4, theme.ink, theme.paper);
  label(context, theme, "start", path[0]);
  label(context, theme, "end", path[path.length - 1]);
  dot(context, path[frame], 7, theme.accent, theme.paper);
  if (newStart) {
    dot(context, newStart, 5, theme.accent, theme.paper);
    label(context, theme, "new start", newStart);
  }
}

/**
 * What can be dragged at a place: the point, a way-point by its number, or nothing. `reach` is how
 * far from its middle, in pixels; what is not `seen` cannot be hit.
 */
export function hitPath(
  { path, frame, stops }: PathPicture,
  at: Point,
  reach: number,
  seen: (point: Point) => boolean,
): "point" | number | null {
  const near = (point: Point) => seen(point) && Math.hypot(at.x - point.x, at.y - point.y) <= reach;
  const inName = (point: Point) =>
    seen(point) &&
    Math.abs(at.x - point.x - NAME.x - NAME_REACH.x) <= NAME_REACH.x &&
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

/** A word beside a place. */
function label(context: CanvasRenderingContext2D, theme: Theme, text: string, at: Point): void {
  context.textAlign = "left";
  context.textBaseline = "middle";
  haloedText(context, theme, text, at.x + NAME.x, at.y + NAME.y);
}
