import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { Tiles } from "../../../vae_widgets/frontend/src/kernel/atlas.ts";

describe("tiles of a sheet", () => {
  // Node has no pictures: what counts here is which part of the sheet goes where.
  let decoded: Blob[] = [];
  beforeEach(() => {
    decoded = [];
    Object.assign(globalThis, {
      createImageBitmap: async (blob: Blob) => {
        decoded.push(blob);
        return { close() {} };
      },
    });
  });
  afterEach(() => Reflect.deleteProperty(globalThis, "createImageBitmap"));

  function draw(tiles: Tiles, index: number, box: [number, number, number, number]) {
    const calls: unknown[][] = [];
    const context = { imageSmoothingEnabled: true, drawImage: (...all: unknown[]) => calls.push(all) };
    tiles.draw(context as unknown as CanvasRenderingContext2D, index, ...box);
    return { context, drawn: calls[0]?.slice(1) };
  }

  const bytes = Uint8Array.of(0, 0, 137, 80, 78, 71);
  const atlas = {
    png: new DataView(bytes.buffer, 2),
    count: 7,
    columns: 3,
    tile_width: 8,
    tile_height: 4,
  };

  test("only the bytes of the view are decoded", async () => {
    await Tiles.load(atlas);
    assert.deepEqual([...new Uint8Array(await decoded[0].arrayBuffer())], [137, 80, 78, 71]);
  });

  test("a tile is cut from its row and column and keeps its proportions", async () => {
    const { context, drawn } = draw(await Tiles.load(atlas), 5, [10, 20, 80, 80]);
    assert.deepEqual(drawn, [16, 4, 8, 4, 10, 40, 80, 40]);
    assert.equal(context.imageSmoothingEnabled, false, "pixel art stays sharp");
  });

  test("a tile that shrinks is smoothed", async () => {
    const { context } = draw(await Tiles.load(atlas), 0, [0, 0, 4, 4]);
    assert.equal(context.imageSmoothingEnabled, true);
  });

  test("there is no tile beyond the last, and none in an empty atlas", async () => {
    const tiles = await Tiles.load(atlas);
    assert.equal(draw(tiles, 7, [0, 0, 8, 8]).drawn, undefined);
    assert.equal(draw(tiles, -1, [0, 0, 8, 8]).drawn, undefined);
    const none = await Tiles.load({ ...atlas, count: 0 });
    assert.equal(draw(none, 0, [0, 0, 8, 8]).drawn, undefined);
  });

  test("tiles of pixels made in the page lie on one canvas, and are loaded as they are", async () => {
    const put: [number[], number, number][] = [];
    const canvas = {
      getContext: () => ({
        putImageData: ({ data }: { data: number[] }, x: number, y: number) => put.push([[...data], x, y]),
      }),
    };
    Object.assign(globalThis, {
      document: { createElement: () => canvas },
      ImageData: class {
        data: Uint8ClampedArray;
        constructor(data: Uint8ClampedArray) {
          this.data = data;
        }
      },
    });
    try {
      const rgba = Uint8ClampedArray.from({ length: 3 * 2 * 4 }, (_, i) => i);
      const tiles = Tiles.of({ rgba, count: 3, width: 2, height: 1 });
      assert.equal(await Tiles.load(tiles), tiles);
      assert.deepEqual(put, [
        [[...rgba.subarray(0, 8)], 0, 0],
        [[...rgba.subarray(8, 16)], 2, 0],
        [[...rgba.subarray(16)], 0, 1],
      ]);
      const { drawn } = draw(tiles, 2, [0, 0, 2, 1]);
      assert.deepEqual(drawn!.slice(0, 4), [0, 1, 2, 1]);
      tiles.close(); // a canvas needs no closing
    } finally {
      Reflect.deleteProperty(globalThis, "document");
      Reflect.deleteProperty(globalThis, "ImageData");
    }
  });
});
