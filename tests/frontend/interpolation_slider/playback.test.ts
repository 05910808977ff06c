import assert from "node:assert/strict";
import { test } from "node:test";
import { advance, Player, type PlaybackSettings, type Playhead } from "../../../vae_widgets/frontend/src/interpolation_slider/playback.ts";

const near = (actual: Playhead, at: number, direction: number) => {
  assert.ok(Math.abs(actual.at - at) < 1e-12, `${actual.at} is not ${at}`);
  assert.equal(actual.direction, direction);
};

test("a loop starts over", () => {
  near(advance({ at: 0.5, direction: 1 }, 0.25, "restart"), 0.75, 1);
  near(advance({ at: 0.9, direction: 1 }, 0.3, "restart"), 0.2, 1);
  near(advance({ at: 0.9, direction: -1 }, 0.3, "restart"), 0.2, 1);
});

test("ping-pong turns at both ends", () => {
  near(advance({ at: 0.5, direction: 1 }, 0.25, "bounce"), 0.75, 1);
  near(advance({ at: 0.9, direction: 1 }, 0.3, "bounce"), 0.8, -1);
  near(advance({ at: 0.1, direction: -1 }, 0.3, "bounce"), 0.2, 1);
  near(advance({ at: 1, direction: 1 }, 0.1, "bounce"), 0.9, -1);
  near(advance({ at: 0, direction: -1 }, 0.1, "bounce"), 0.1, 1);
});

test("once stops at the end", () => {
  near(advance({ at: 0.5, direction: -1 }, 0.25, "once"), 0.75, 1);
  near(advance({ at: 0.9, direction: 1 }, 0.3, "once"), 1, 1);
});

test("small steps and one large step end at the same place", () => {
  for (const repeat of ["bounce", "restart", "once"] as const) {
    let head: Playhead = { at: 0.3, direction: 1 };
    for (let i = 0; i < 537; i++) head = advance(head, 0.01, repeat);
    const once = advance({ at: 0.3, direction: 1 }, 5.37, repeat);
    assert.ok(Math.abs(head.at - once.at) < 1e-9);
    assert.equal(head.direction, once.direction);
  }
});

/** Play from `at` with animation frames at the given times, in ms. */
function play(settings: PlaybackSettings, at: number, times: number[]) {
  const moves: number[] = [];
  let ended = 0;
  let frame: ((now: number) => void) | null = null;
  Object.assign(globalThis, {
    requestAnimationFrame: (call: (now: number) => void) => ((frame = call), 1),
    cancelAnimationFrame: () => (frame = null),
  });
  const player = new Player(settings, (to) => moves.push(to), () => ended++);
  assert.ok(!player.playing);
  player.start(at);
  assert.ok(player.playing);
  const start = performance.now();
  const tick = (time: number) => {
    const call = frame;
    frame = null; // a frame is asked for each time
    call?.(start + time);
  };
  times.forEach(tick);
  return { player, moves, ended: () => ended, tick };
}

test("a pass takes 3 s at speed 1, and a late frame counts a tenth of a second", () => {
  const { moves } = play({ repeat: "restart", speed: 1 }, 0, [60, 120, 5000]);
  assert.ok(Math.abs(moves[1] - moves[0] - 0.02) < 1e-3, String(moves));
  assert.ok(Math.abs(moves[2] - moves[1] - 0.1 / 3) < 1e-3, String(moves));
});

test("it ends where nothing repeats, and starts over from the end", () => {
  const { moves, ended } = play({ repeat: "once", speed: 4 }, 0.9, [100, 200]);
  assert.equal(moves.at(-1), 1);
  assert.equal(ended(), 1);
  assert.ok(play({ repeat: "once", speed: 1 }, 1, [30]).moves[0] < 0.1);
});

test("a stopped player moves no more", () => {
  const { player, moves, tick } = play({ repeat: "bounce", speed: 1 }, 0, [30]);
  player.stop();
  assert.ok(!player.playing);
  tick(60);
  assert.equal(moves.length, 1);
});
