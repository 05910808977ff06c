import assert from "node:assert/strict";
import { test } from "node:test";
import { gifOf } from "../../../vae_widgets/frontend/src/canvas/gif.ts";

test("a large photograph, each pixel in a colour of its own, becomes a picture of 256 colours", () => {
  const [width, height] = [512, 512];
  const data = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) =>
    i % 4 < 3 ? (i >> 2 >> (6 * (i % 4))) & 63 : 255,
  );
  const gif = gifOf([{ width, height, data }], 5, 1);
  const view = new DataView(gif.buffer);
  assert.equal(new TextDecoder().decode(gif.slice(0, 6)), "GIF89a");
  assert.deepEqual([view.getUint16(6, true), view.getUint16(8, true)], [width, height]);
  const image = 13 + 19 + 8; // after header, repetition and duration
  assert.equal(gif[image], 0x2c);
  assert.equal(gif[image + 9], 0x87); // a table of 2 ** 8 colours
  assert.equal(gif.at(-1), 0x3b);
});
