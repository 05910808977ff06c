/** Translates pointer, wheel and keys on a scatter into actions. */

import { keepFinger, onDrag, pointIn } from "../../controls/gestures.ts";
import { focusBeside, onKey } from "../../controls/keys.ts";
import type { Point } from "../../canvas/geometry.ts";
import type { Mode } from "../state/protocol.ts";
import { Viewport, type Bounds } from "../../canvas/viewport.ts";

/** How samples that were found change the selection. */
export type SelectionChange = "replace" | "add" | "remove";

/** What gestures call (latent_scatter/actions.ts). Positions are in pixels of the canvas. */
export interface GestureActions {
  mode(): Mode;
  viewport(): Viewport;
  hover(at: Point | null): void;
  /** `snap`: pick a sample that is near. */
  pick(at: Point, snap: boolean): void;
  setView(bounds: Bounds): void;
  resetView(): void;
  /** The corners of the lasso or box so far; none when it ends. */
  drawShape(shape: Point[]): void;
  selectInside(shape: Point[], how: SelectionChange): void;
  /** Add the sample under the crosshair to the selection, or remove it. */
  toggleSelected(at: Point): void;
  moveCursor(at: Point | null): void;
  /** The wheel was turned over a plot without the focus. */
  ignoreWheel(): void;
}

const STEP = 12;
const FINE_STEP = 2;
const ZOOM = 1.25;
const SLACK = 4;
// A new corner of the lasso must be this far from the last one, in pixels.
const LASSO_STEP = 2;

export function onScatterGestures(canvas: HTMLCanvasElement, actions: GestureActions): () => void {
  // The pinch comes last: the second finger ends the drag that the first one has begun.
  const stops = [dragging(canvas, actions), keys(canvas, actions), pinching(canvas, actions)];
  const hover = (event: PointerEvent) => {
    if (!event.buttons) actions.hover(pointIn(canvas, event));
  };
  const leave = () => actions.hover(null);
  const reset = () => actions.resetView();
  const wheel = (event: WheelEvent) => {
    const meant = focusBeside(canvas) === canvas || event.ctrlKey || event.metaKey;
    if (!meant) return actions.ignoreWheel();
    event.preventDefault();
    event.stopPropagation();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
    // A pinch on a track pad arrives as small wheel events with ctrlKey.
    const rate = event.ctrlKey && Math.abs(pixels) < 50 ? 0.01 : 0.002;
    actions.setView(actions.viewport().zoomed(pointIn(canvas, event), Math.exp(-rate * pixels)));
  };
  canvas.addEventListener("pointermove", hover);
  canvas.addEventListener("pointerleave", leave);
  canvas.addEventListener("dblclick", reset);
  canvas.addEventListener("wheel", wheel, { passive: false });
  return () => {
    stops.forEach((stop) => stop());
    canvas.removeEventListener("pointermove", hover);
    canvas.removeEventListener("pointerleave", leave);
    canvas.removeEventListener("dblclick", reset);
    canvas.removeEventListener("wheel", wheel);
  };
}

function dragging(canvas: HTMLCanvasElement, actions: GestureActions): () => void {
  let action: Mode = "pick";
  let origin: Point = { x: 0, y: 0 };
  let before: Viewport = actions.viewport();
  let shape: Point[] = [];
  let moved = false;

  const draw = (at: Point) => {
    if (action === "box") shape = boxOf(origin, at);
    else {
      const last = shape.at(-1);
      if (!last || Math.hypot(at.x - last.x, at.y - last.y) >= LASSO_STEP) shape.push(at);
    }
    actions.drawShape(shape);
  };
  const cancel = () => {
    if (action === "pan") actions.setView(before.bounds);
    shape = [];
    actions.drawShape(shape);
  };
  // Registered before the other keys, so that Escape ends a lasso before it clears the selection.
  const stopEscape = onKey(canvas, (key) => {
    if (key !== "Escape" || !shape.length) return false;
    cancel();
    return true;
  });
  const stop = onDrag(canvas, {
    touch: () => (actions.mode() === "pick" ? "hold" : "drag"),
    start(at, event) {
      action = event.shiftKey ? "lasso" : actions.mode();
      before = actions.viewport();
      if (action === "pick" && !before.contains(at)) return false;
      origin = at;
      shape = [];
      moved = false;
      actions.moveCursor(null);
      if (action === "pick") actions.pick(at, true);
      else if (action !== "pan") shape = [at];
    },
    move(at) {
      moved ||= Math.hypot(at.x - origin.x, at.y - origin.y) > SLACK;
      if (!moved) return;
      if (action === "pick") actions.pick(at, false);
      else if (action === "pan") actions.setView(before.panned(at.x - origin.x, at.y - origin.y));
      else if (shape.length) draw(at);
    },
    end(at, event) {
      if (action === "pick") return;
      const drawn = shape;
      shape = [];
      actions.drawShape(shape);
      if (!moved) {
        if (before.contains(at)) actions.pick(at, true);
      } else if (action !== "pan" && drawn.length) {
        const add = event.ctrlKey || event.metaKey;
        actions.selectInside(drawn, add ? "add" : event.altKey ? "remove" : "replace");
      }
    },
    cancel,
  });
  return () => {
    stopEscape();
    stop();
  };
}

/** Two fingers zoom and move the plane: the places under them stay under them. */
function pinching(canvas: HTMLCanvasElement, actions: GestureActions): () => void {
  const fingers = new Map<number, Point>();
  let before: { viewport: Viewport; middle: Point; gap: number } | null = null;

  const measure = () => {
    const [a, b] = fingers.values();
    const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    return { middle, gap: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)) };
  };
  const down = (event: PointerEvent) => {
    if (event.pointerType !== "touch") return;
    fingers.set(event.pointerId, pointIn(canvas, event));
    if (fingers.size !== 2) return;
    canvas.dispatchEvent(new PointerEvent("pointercancel"));
    before = { viewport: actions.viewport(), ...measure() };
  };
  const move = (event: PointerEvent) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, pointIn(canvas, event));
    if (!before || fingers.size !== 2) return;
    const { middle, gap } = measure();
    const { viewport } = before;
    const zoomed = new Viewport(viewport.zoomed(before.middle, gap / before.gap), viewport.box);
    actions.setView(zoomed.panned(middle.x - before.middle.x, middle.y - before.middle.y));
  };
  const up = (event: PointerEvent) => {
    if (fingers.delete(event.pointerId)) before = null;
  };
  const listeners = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: up };
  for (const [name, listener] of Object.entries(listeners)) {
    canvas.addEventListener(name as keyof typeof listeners, listener);
  }
  const stopKeeping = keepFinger(canvas, (event) => event.touches.length > 1);
  return () => {
    stopKeeping();
    for (const [name, listener] of Object.entries(listeners)) {
      canvas.removeEventListener(name as keyof typeof listeners, listener);
    }
  };
}

function boxOf(from: Point, to: Point): Point[] {
  return [from, { x: to.x, y: from.y }, to, { x: from.x, y: to.y }];
}

function keys(canvas: HTMLCanvasElement, actions: GestureActions): () => void {
  let at: Point | null = null;
  /** A lasso or box while it is drawn by keys. */
  let shape: Point[] = [];
  const draw = (points: Point[]) => {
    shape = points;
    actions.drawShape(shape);
  };
  const hide = () => {
    if (at) actions.hover(null);
    at = null;
    actions.moveCursor(null);
    if (shape.length) draw([]);
  };
  const middle = (): Point => {
    const { left, top, width, height } = actions.viewport().box;
    return { x: left + width / 2, y: top + height / 2 };
  };
  const move = (dx: number, dy: number) => {
    const from = at ?? middle();
    const to = { x: from.x + dx, y: from.y + dy };
    at = actions.viewport().clamp(to);
    if (shape.length) draw(actions.mode() === "box" ? boxOf(shape[0], at) : [...shape, at]);
    // At the edge the plane moves instead, unless a shape is being drawn.
    else if (at.x !== to.x || at.y !== to.y) {
      actions.setView(actions.viewport().panned(at.x - to.x, at.y - to.y));
    }
    actions.moveCursor(at);
    actions.hover(at);
  };
  const enter = (how: SelectionChange) => {
    const here = at ?? middle();
    const drawn = shape;
    const draws = actions.mode() === "lasso" || actions.mode() === "box";
    draw(draws && !drawn.length ? [here] : []);
    if (draws && !drawn.length) {
      at = here;
      actions.moveCursor(at);
    } else if (drawn.length > 1) actions.selectInside(drawn, how);
    else actions.pick(here, true);
  };
  const stop = onKey(canvas, (key, event) => {
    const step = event.shiftKey ? FINE_STEP : STEP;
    const zoom = (factor: number) =>
      actions.setView(actions.viewport().zoomed(at ?? middle(), factor));
    if (key === "ArrowLeft") move(-step, 0);
    else if (key === "ArrowRight") move(step, 0);
    else if (key === "ArrowUp") move(0, -step);
    else if (key === "ArrowDown") move(0, step);
    // Shift+Enter runs the cell, unless it ends a shape.
    else if (key === "Enter" && (shape.length || !event.shiftKey)) enter(event.shiftKey ? "add" : "replace");
    else if (key === " ") actions.toggleSelected(at ?? middle());
    else if (key === "+" || key === "=") zoom(ZOOM);
    else if (key === "-") zoom(1 / ZOOM);
    else if (key === "Escape" && shape.length) draw([]);
    else return false;
    return true;
  });
  canvas.addEventListener("blur", hide);
  canvas.addEventListener("pointerdown", hide);
  return () => {
    canvas.removeEventListener("blur", hide);
    canvas.removeEventListener("pointerdown", hide);
    stop();
  };
}
