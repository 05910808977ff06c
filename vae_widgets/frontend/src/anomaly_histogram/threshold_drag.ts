/** Moving the threshold with the pointer and with keys. */

import { onDrag } from "../controls/gestures.ts";
import { onKey, setMainPart } from "../controls/keys.ts";
import type { ScoreCounts } from "./counts.ts";
import type { Frame } from "./layers.ts";

export interface ThresholdLine {
  counts(): ScoreCounts;
  frame(): Frame;
  /** The threshold that is shown. */
  shown(): number;
  /** The score where its line is drawn. */
  drawnAt(): number;
  /** Show another threshold of the grid, in the page only. */
  moveTo(index: number): void;
  /** Send the threshold that is shown to the kernel. */
  commit(): void;
  /** Return to the threshold of the kernel. */
  restore(): void;
  /** A press has begun or ended. */
  pressed(now: boolean): void;
}

// Keys commit after this pause, in ms; a drag commits on release.
const KEY_REST = 200;
// A press within this distance of the line, in pixels, takes hold of it without moving it.
const HOLD = 8;
const FINGER_HOLD = 22;
const KEYS = "Arrows: one step. Page Up, Page Down: one bin. Home, End: flag all, flag none.";

/** Make the canvas a slider for the line. Returns a cleanup, which commits a pending move. */
export function onThresholdDrag(canvas: HTMLCanvasElement, line: ThresholdLine): () => void {
  setMainPart(canvas);
  canvas.role = "slider";
  canvas.ariaLabel = "Threshold";
  canvas.ariaDescription = KEYS;
  const moveTo = (x: number) => line.moveTo(line.counts().nearest(line.frame().score(x)));
  let held = false; // whether the press took hold of the line, `offset` pixels from the pointer
  let offset = 0;
  const awayFrom = (x: number) => line.frame().x(line.drawnAt()) - x;
  const stopDrag = onDrag(canvas, {
    touch: ({ x }) => (Math.abs(awayFrom(x)) <= FINGER_HOLD ? "drag" : "hold"),
    start: ({ x }, { pointerType }) => {
      const away = awayFrom(x);
      held = Math.abs(away) <= (pointerType === "touch" ? FINGER_HOLD : HOLD);
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
    if (!(key in moves)) {
      settle(); // before a key that undoes it
      return false;
    }
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
