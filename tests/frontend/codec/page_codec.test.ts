import assert from "node:assert/strict";
import { after, before, describe, mock, test } from "node:test";
import { PageCodec } from "../../../vae_widgets/frontend/src/codec/page_codec.ts";

describe("a codec in the page", () => {
  // A clock that only decoding moves on, and a canvas on which nothing is drawn.
  let now = 0;
  before(() => {
    mock.method(performance, "now", () => now);
    const canvas = () => ({ getContext: () => ({ putImageData() {} }) });
    Object.assign(globalThis, { document: { createElement: canvas }, ImageData: class {} });
  });
  after(() => {
    mock.restoreAll();
    for (const name of ["document", "ImageData"]) Reflect.deleteProperty(globalThis, name);
  });

  /** A codec whose decoder takes `times` for its first rows, and then the last of them; and the rows of each call. */
  function codec(...times: number[]) {
    const calls: number[] = [];
    const decode = (z: Float32Array) => {
      now += (z.length / 2) * times[Math.min(calls.length, times.length - 1)];
      calls.push(z.length / 2);
      return z;
    };
    const draw = (samples: Float32Array) => ({
      rgba: new Uint8ClampedArray(2 * samples.length),
      count: samples.length / 2,
      width: 1,
      height: 1,
    });
    const model = { latentDim: 2, sampleShape: [2], canEncode: false, decode, encode: assert.fail };
    const made = new PageCodec(model, { width: 1, height: 1, draw, difference: draw });
    return { made, calls };
  }

  test("how long a picture takes is known after the first ones, which take longer", () => {
    const { made, calls } = codec(60, 8, 4);
    assert.deepEqual([calls.length, made.isQuick, made.rowsOfSlice], [3, true, 3]);
    const slow = codec(400, 1);
    assert.deepEqual([slow.calls.length, slow.made.isQuick, slow.made.rowsOfSlice], [1, false, 1]);
  });

  test("many pictures are decoded in slices, between which other tasks run", async () => {
    const { made, calls } = codec(4);
    calls.length = 0;
    let others = 0;
    const other = setInterval(() => others++, 0);
    const tiles = await made.manyPictures(new Float32Array(2 * 8));
    clearInterval(other);
    assert.deepEqual([tiles.count, calls], [8, [3, 3, 2]]);
    assert.ok(others > 0);
  });

  test("what nobody waits for any more is not decoded", async () => {
    const { made, calls } = codec(4);
    calls.length = 0;
    const aborted = new AbortController();
    const made2 = made.manyPictures(new Float32Array(2 * 8), aborted.signal);
    aborted.abort();
    await made2;
    assert.deepEqual(calls, [3]);
  });
});
