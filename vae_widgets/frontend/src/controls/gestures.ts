/** Pointer gestures on a canvas inside a notebook, where JupyterLab listens too. */

import type { Point } from "../canvas/geometry.ts";

export interface DragHandlers {
  /** Return false to ignore the press. */
  start(at: Point, event: PointerEvent): boolean | void;
  move(at: Point, event: PointerEvent): void;
  /** `moved` is false for a click: the pointer stayed within 4 pixels. */
  end(at: Point, event: PointerEvent, moved: boolean): void;
  /** The browser took the pointer away: undo what `start` and `move` did. */
  cancel?(): void;
}

const CLICK_SLACK = 4;

/** Position of an event in CSS pixels of the element. */
export function pointIn(element: Element, event: MouseEvent): Point {
  const box = element.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

/** Follow presses of the main button (or a finger) from press to release. Returns a cleanup. */
export function onDrag(element: HTMLElement, handlers: DragHandlers): () => void {
  let origin: Point | null = null;
  let moved = false;

  const down = (event: PointerEvent) => {
    if (event.button !== 0 || origin) return;
    const at = pointIn(element, event);
    if (handlers.start(at, event) === false) return;
    origin = at;
    moved = false;
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true, focusVisible: false } as FocusOptions);
  };
  const move = (event: PointerEvent) => {
    if (!origin) return;
    const at = pointIn(element, event);
    moved ||= Math.hypot(at.x - origin.x, at.y - origin.y) > CLICK_SLACK;
    handlers.move(at, event);
  };
  const up = (event: PointerEvent) => {
    if (!origin) return;
    origin = null;
    handlers.end(pointIn(element, event), event, moved);
  };
  const cancel = () => {
    if (!origin) return;
    origin = null;
    handlers.cancel?.();
  };
  // Otherwise a shift-drag would select cells in JupyterLab, and a right-click open its menu.
  const keep = (event: Event) => event.stopPropagation();

  element.addEventListener("pointerdown", down);
  element.addEventListener("pointermove", move);
  element.addEventListener("pointerup", up);
  element.addEventListener("pointercancel", cancel);
  element.addEventListener("mousedown", keep);
  return () => {
    element.removeEventListener("pointerdown", down);
    element.removeEventListener("pointermove", move);
    element.removeEventListener("pointerup", up);
    element.removeEventListener("pointercancel", cancel);
    element.removeEventListener("mousedown", keep);
  };
}
