/** Moving the threshold with the pointer and by keys. */

import { onDrag, onKey } from "../controls/gestures.ts";
import type { ScoreCounts } from "./counts.ts";
import type { Frame } from "./layers.ts";

export interface Line {
  counts(): ScoreCounts;
  frame(): Frame;
  /** The threshold in the picture. */
  shown(): number;
  /** The score where its line is drawn. */
  drawnAt(): number;
  /** Show another threshold of the grid, in the page alone. */
  moveTo(index: number): void;
  /** Let the kernel know what is shown. */
  commit(): void;
  /** Go back to the threshold that the kernel knows. */
  restore(): void;
  /** A press began or ended. */
  pressed(now: boolean): void;
}

// Keys commit once they rest; a drag commits on release.
const KEY_REST = 200;
// This near to the line, in pixels, a press takes hold of it and does not move it yet.
const HOLD = 8;
const KEYS = "Arrows: one step. Page Up, Page Down: one bin. Home, End: flag all, flag none.";

/** Make the canvas a slider for the line. Returns a cleanup, which commits what is under way. */
export function moveByHand(canvas: HTMLCanvasElement, line: Line): () => void {
  canvas.tabIndex = 0;
  canvas.role = "slider";
  canvas.ariaLabel = "Threshold";
  canvas.ariaDescription = KEYS;
  const moveTo = (x: number) => line.moveTo(line.counts().nearest(line.frame().score(x)));
  let held = false; // whether the press took hold of the line, `offset` pixels from the pointer
  let offset = 0;
  const stopDrag = onDrag(canvas, {
    start: ({ x }) => {
      const away = line.frame().x(line.drawnAt()) - x;
      held = Math.abs(away) <= HOLD;
      offset = held ? away : 0;
      line.pressed(true);
      if (!held) moveTo(x);
    },
    move: ({ x }) => moveTo(x + offset),
    end: (_at, _event, moved) => {
      line.pressed(false);
      if (held && !moved) line.restore();
      else line.commit();
    },
    cancel: () => {
      line.pressed(false);
      line.restore();
    },
  });
  let resting = 0;
  const settle = () => {
    clearTimeout(resting);
    if (resting) line.commit();
    resting = 0;
  };
  const stopKeys = onKey(canvas, (key, event) => {
    const counts = line.counts();
    const step = event.shiftKey ? counts.stepsPerBin : 1;
    const moves: Record<string, number> = {
      ArrowLeft: -step,
      ArrowDown: -step,
      ArrowRight: step,
      ArrowUp: step,
      PageDown: -counts.stepsPerBin,
      PageUp: counts.stepsPerBin,
      Home: -Infinity,
      End: Infinity,
    };
    if (!(key in moves)) return false;
    line.moveTo(counts.moved(line.shown(), moves[key]));
    clearTimeout(resting);
    resting = window.setTimeout(settle, KEY_REST);
    return true;
  });
  canvas.addEventListener("blur", settle);
  return () => {
    settle();
    stopDrag();
    stopKeys();
  };
}
