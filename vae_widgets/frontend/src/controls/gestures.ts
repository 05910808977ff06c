/** Pointer gestures on a canvas inside a notebook, where JupyterLab listens too. */

import type { Point } from "../canvas/geometry.ts";
import { zoomOf } from "../canvas/scale.ts";

export interface DragHandlers {
  /** Return false to ignore the press. */
  start(at: Point, event: PointerEvent): boolean | void;
  move(at: Point, event: PointerEvent): void;
  /** `moved` is false for a click: the pointer stayed within 4 pixels. */
  end(at: Point, event: PointerEvent, moved: boolean): void;
  /** The browser took the pointer away: undo what `start` and `move` did. */
  cancel?(): void;
  /** What a finger that is put down there does; "drag" without this function. */
  touch?(at: Point): Touch;
}

/**
 * A finger drags at once, or sideways while it scrolls the page up and down, or after it was held
 * for a moment and scrolls otherwise. A tap is always a click.
 */
export type Touch = "drag" | "sideways" | "hold";

const CLICK_SLACK = 4;
// How long a finger is held before it drags, in ms.
const HELD = 400;

/** Position of an event in CSS pixels of the element. */
export function pointIn(element: Element, event: MouseEvent): Point {
  const box = element.getBoundingClientRect();
  const zoom = zoomOf(element);
  return { x: (event.clientX - box.left) / zoom, y: (event.clientY - box.top) / zoom };
}

/** Keep the page from scrolling by a finger on an element while `busy`. Returns a cleanup. */
export function keepFinger(element: HTMLElement, busy: (event: TouchEvent) => boolean): () => void {
  const keep = (event: TouchEvent) => {
    if (event.cancelable && busy(event)) event.preventDefault();
  };
  const end = new AbortController();
  const options = { passive: false, signal: end.signal };
  // The pointer events come first.
  element.addEventListener("touchstart", keep, options);
  element.addEventListener("touchmove", keep, options);
  return () => end.abort();
}

/** Follow presses of the main button (or a finger) from press to release. Returns a cleanup. */
export function onDrag(element: HTMLElement, handlers: DragHandlers): () => void {
  let origin: Point | null = null;
  let moved = false;
  /** The pointer that was pressed: another finger changes nothing. */
  let pressed = -1;
  const isOther = (event: PointerEvent) => event.isTrusted && event.pointerId !== pressed;
  /** A finger that may still scroll the page. */
  let waiting: { at: Point; event: PointerEvent; touch: Touch; timer: number } | null = null;

  const begin = (at: Point, event: PointerEvent) => {
    stopWaiting();
    if (handlers.start(at, event) === false) return;
    origin = at;
    moved = false;
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true, focusVisible: false } as FocusOptions);
  };
  const stopWaiting = () => {
    clearTimeout(waiting?.timer);
    waiting = null;
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0 || origin || waiting) return;
    pressed = event.pointerId;
    const at = pointIn(element, event);
    const touch = (event.pointerType === "touch" && handlers.touch?.(at)) || "drag";
    if (touch === "drag") return begin(at, event);
    const timer = touch === "hold" ? window.setTimeout(() => begin(at, event), HELD) : 0;
    waiting = { at, event, touch, timer };
  };
  const move = (event: PointerEvent) => {
    if (isOther(event)) return;
    const at = pointIn(element, event);
    if (waiting) {
      const [dx, dy] = [Math.abs(at.x - waiting.at.x), Math.abs(at.y - waiting.at.y)];
      if (Math.hypot(dx, dy) <= CLICK_SLACK) return;
      if (waiting.touch === "sideways" && dx > dy) begin(waiting.at, waiting.event);
      else stopWaiting();
    }
    if (!origin) return;
    moved ||= Math.hypot(at.x - origin.x, at.y - origin.y) > CLICK_SLACK;
    handlers.move(at, event);
  };
  const up = (event: PointerEvent) => {
    if (isOther(event)) return;
    if (waiting) begin(waiting.at, waiting.event); // a tap
    if (!origin) return;
    origin = null;
    handlers.end(pointIn(element, event), event, moved);
  };
  const cancel = (event: PointerEvent) => {
    if (isOther(event)) return;
    stopWaiting();
    if (!origin) return;
    origin = null;
    handlers.cancel?.();
  };
  // Otherwise a shift-drag would select cells in JupyterLab, and a right-click open its menu.
  const keep = (event: Event) => event.stopPropagation();
  const noMenu = (event: Event) => {
    if (origin) event.preventDefault(); // of a finger that is held
  };

  const end = new AbortController();
  const listeners = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: cancel, mousedown: keep, contextmenu: noMenu };
  for (const [name, listener] of Object.entries(listeners)) {
    element.addEventListener(name, listener as EventListener, { signal: end.signal });
  }
  const stopKeeping = keepFinger(element, () => origin !== null);
  return () => {
    stopWaiting();
    stopKeeping();
    end.abort();
  };
}
