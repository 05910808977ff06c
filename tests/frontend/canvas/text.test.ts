import assert from "node:assert/strict";
import { test } from "node:test";
import { shortened } from "../../../vae_widgets/frontend/src/canvas/text.ts";

const context = { measureText: (text: string) => ({ width: 6 * text.length }) } as CanvasRenderingContext2D;

test("a text is shortened until it fits, and never to nothing", () => {
  assert.equal(shortened(context, "KL, 0 to 2 nats", 90), "KL, 0 to 2 nats");
  assert.equal(shortened(context, "KL, 0 to 2 nats", 60), "KL, 0 to…");
  assert.equal(shortened(context, "KL", 1), "K…");
});
