/** Draws a plot of curves on a canvas, as bqplot draws it in a live notebook (its look is in controls/shell.css). */

import { channels } from "../canvas/palette.ts";
import { shortened } from "../canvas/text.ts";
import type { Theme } from "../canvas/theme.ts";
import type { Box } from "../canvas/viewport.ts";
import type { CurvePlot, Line, Points } from "./description.ts";
import { scaleOf, type Scale } from "./scale.ts";

/** Where a plot lies on its canvas. */
export interface Frame {
  /** The part between the axes. */
  area: Box;
  x: Scale;
  y: Scale;
}

const DASHES = [3, 5];
/** Colours of data are made for white paper (shell.css brightens bqplot's). */
const BRIGHTER = 1.4;

/** Draw a plot into a box. Returns where its values are. */
export function drawCurves(context: CanvasRenderingContext2D, theme: Theme, plot: CurvePlot, box: Box): Frame {
  const frame = frameOf(plot, box);
  const { area } = frame;
  drawAxes(context, theme, plot, frame);
  context.save();
  context.beginPath();
  context.rect(area.left, area.top, area.width, area.height);
  context.clip();
  drawBand(context, plot, frame);
  drawRules(context, theme, plot, frame);
  for (const line of plot.lines) drawLine(context, theme, line, frame);
  context.restore();
  if (plot.points) drawPoints(context, theme, plot.points, frame);
  return frame;
}

function frameOf({ margin, x, y, lines, points, band }: CurvePlot, box: Box): Frame {
  const area = {
    left: box.left + margin.left,
    top: box.top + margin.top,
    width: Math.max(1, box.width - margin.left - margin.right),
    height: Math.max(1, box.height - margin.top - margin.bottom),
  };
  // A mark at an end of an axis is seen as a whole.
  const air = points ? Math.sqrt(points.size) / 2 + 1 : 0;
  const drawn = [...lines, ...(points ? [points] : [])];
  const heights = [...drawn.map((part) => part.y), ...(band ? [band.low, band.high] : [])];
  return {
    area,
    x: scaleOf(x, drawn.map((part) => part.x), area.left, area.left + area.width, air),
    y: scaleOf(y, heights, area.top + area.height, area.top, air),
  };
}

function drawAxes(context: CanvasRenderingContext2D, theme: Theme, plot: CurvePlot, { area, x, y }: Frame): void {
  const [right, bottom] = [area.left + area.width, area.top + area.height];
  // A line of one device pixel, between two of which a hair line would be grey.
  const ratio = context.getTransform().a || 1;
  const sharp = (at: number) => (Math.round(at * ratio - 0.5) + 0.5) / ratio;
  const one = Math.max(1, Math.round(ratio)) / ratio;
  context.fillStyle = theme.line;
  for (const { at } of x.ticks) context.fillRect(sharp(at) - one / 2, area.top, one, area.height);
  for (const { at } of y.ticks) context.fillRect(area.left, sharp(at) - one / 2, area.width, one);
  context.strokeStyle = theme.line;
  context.lineWidth = one;
  context.strokeRect(sharp(area.left), sharp(area.top), sharp(right) - sharp(area.left), sharp(bottom) - sharp(area.top));

  context.fillStyle = theme.faint;
  context.font = `12px ${theme.font}`;
  context.textBaseline = "alphabetic";
  context.textAlign = "center";
  for (const { at, text } of x.ticks) context.fillText(text, at, bottom + 11.5);
  context.fillText(plot.x.label, area.left + area.width / 2, bottom + 26);
  context.textAlign = "right";
  for (const { at, text } of y.ticks) context.fillText(text, area.left - 3, at + 4);
  context.textAlign = "center";
  context.save();
  context.translate(area.left - 28, area.top + area.height / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(shortened(context, plot.y.label, area.height + 40), 0, 0);
  context.restore();
  context.fillStyle = theme.ink;
  context.font = `600 13px ${theme.font}`;
  const title = shortened(context, plot.title, plot.margin.left + area.width);
  context.fillText(title, area.left + area.width / 2, area.top - 5);
}

function drawBand(context: CanvasRenderingContext2D, { band }: CurvePlot, { x, y }: Frame): void {
  if (!band?.x.length) return;
  const last = band.x.length - 1;
  context.beginPath();
  for (let i = 0; i <= last; i++) context.lineTo(x.place(band.x[i]), y.place(band.high[i]));
  for (let i = last; i >= 0; i--) context.lineTo(x.place(band.x[i]), y.place(band.low[i]));
  context.fillStyle = band.colour;
  context.globalAlpha = band.opacity;
  context.fill();
  context.globalAlpha = 1;
}

function drawRules(context: CanvasRenderingContext2D, theme: Theme, plot: CurvePlot, { area, x }: Frame): void {
  context.strokeStyle = theme.faint;
  context.lineWidth = 1;
  context.setLineDash([3, 3]);
  for (const rule of plot.rules) {
    const at = Math.round(x.place(rule.x)) + 0.5;
    context.beginPath();
    context.moveTo(at, area.top);
    context.lineTo(at, area.top + area.height);
    context.stroke();
  }
  context.setLineDash([]);
}

function drawLine(context: CanvasRenderingContext2D, theme: Theme, line: Line, { x, y }: Frame): void {
  context.strokeStyle = colourOf(line.colour, theme);
  context.lineWidth = line.width;
  context.lineCap = context.lineJoin = "round";
  context.globalAlpha = line.opacity;
  context.setLineDash(line.dashed ? DASHES : []);
  context.beginPath();
  let pen = false;
  for (let i = 0; i < line.x.length; i++) {
    const [left, top] = [x.place(line.x[i]), y.place(line.y[i])];
    const seen = Number.isFinite(top);
    if (seen && pen) context.lineTo(left, top);
    else if (seen) context.moveTo(left, top);
    pen = seen;
  }
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function drawPoints(context: CanvasRenderingContext2D, theme: Theme, points: Points, { x, y }: Frame): void {
  const colour = colourOf(points.colour, theme);
  for (let i = 0; i < points.x.length; i++) {
    const [left, top] = [x.place(points.x[i]), y.place(points.y[i])];
    if (!Number.isFinite(left + top)) continue;
    context.beginPath();
    if (points.marker === "circle") {
      context.arc(left, top, Math.sqrt(points.size / Math.PI), 0, 7);
    } else {
      // The diamond of d3-shape: its height is the square root of 3 times its width.
      const half = Math.sqrt((points.size * Math.sqrt(3)) / 2);
      const wide = half / Math.sqrt(3);
      for (const [dx, dy] of [[0, -half], [wide, 0], [0, half], [-wide, 0]]) context.lineTo(left + dx, top + dy);
      context.closePath();
    }
    context.fillStyle = colour;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = points.edge || colour;
    context.stroke();
  }
}

function colourOf(colour: string, theme: Theme): string {
  if (!theme.dark) return colour;
  return `rgb(${channels(colour).map((level) => Math.min(255, Math.round(BRIGHTER * level)))})`;
}
