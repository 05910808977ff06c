/** The frames of a path and positions along it, from 0 at its start to 1 at its end. */

/** Index of the frame nearest to a position. */
export function frameOf(value: number, frames: number): number {
  return Math.round(Math.max(0, Math.min(1, value)) * (frames - 1));
}

/** Position of a frame. */
export function valueOf(frame: number, frames: number): number {
  return Math.max(0, Math.min(frames - 1, frame)) / (frames - 1);
}
