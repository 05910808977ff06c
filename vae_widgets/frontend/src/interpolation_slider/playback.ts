/** Playing a path: how its position moves in time. */

/** What happens at the end: play backwards, start again, or stop. */
export type Repeat = "bounce" | "restart" | "once";

export interface Playhead {
  /** Position in [0, 1]. */
  at: number;
  /** 1 forwards, -1 backwards. */
  direction: 1 | -1;
}

/** Move a playhead by `distance` passes (1 is from one end to the other). */
export function advance(head: Playhead, distance: number, repeat: Repeat): Playhead {
  if (repeat === "once") return { at: Math.min(1, head.at + distance), direction: 1 };
  if (repeat === "restart") return { at: fold(head.at + distance, 1), direction: 1 };
  // There and back is a circle of length 2.
  const way = fold((head.direction === 1 ? head.at : 2 - head.at) + distance, 2);
  return way < 1 ? { at: way, direction: 1 } : { at: 2 - way, direction: -1 };
}

function fold(value: number, length: number): number {
  return value - length * Math.floor(value / length);
}

/** From one end to the other, at the speed 1. */
export const SECONDS_PER_PASS = 3;

export interface PlaybackSettings {
  repeat: Repeat;
  speed: number;
}

/** Moves a position on every animation frame. */
export class Player {
  #frame = 0;
  #head: Playhead = { at: 0, direction: 1 };
  readonly #settings: PlaybackSettings;
  readonly #moved: (at: number) => void;
  readonly #ended: () => void;

  /** `settings` may change while it plays; `ended` is called where nothing repeats. */
  constructor(settings: PlaybackSettings, moved: (at: number) => void, ended: () => void) {
    this.#settings = settings;
    this.#moved = moved;
    this.#ended = ended;
  }

  get playing(): boolean {
    return this.#frame !== 0;
  }

  start(at: number): void {
    const over = this.#settings.repeat === "once" && at === 1;
    this.#head = { ...this.#head, at: over ? 0 : at };
    let last = performance.now();
    const tick = (now: number) => {
      // After a hidden tab or a busy page, continue instead of jumping.
      const seconds = Math.min(0.1, Math.max(0, now - last) / 1000);
      last = now;
      const { repeat, speed } = this.#settings;
      this.#head = advance(this.#head, (seconds * speed) / SECONDS_PER_PASS, repeat);
      this.#moved(this.#head.at);
      if (repeat === "once" && this.#head.at === 1) return this.#ended();
      this.#frame = requestAnimationFrame(tick);
    };
    this.#frame = requestAnimationFrame(tick);
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }
}
