import assert from "node:assert/strict";
import { test } from "node:test";
import { advance, type Playhead } from "../../../vae_widgets/frontend/src/interpolation_slider/playback.ts";

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
