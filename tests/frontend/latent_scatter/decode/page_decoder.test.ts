import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PageDecoder } from "../../../../vae_widgets/frontend/src/latent_scatter/decode/page_decoder.ts";
import { LatestRequest } from "../../../../vae_widgets/frontend/src/kernel/latest_request.ts";
import { writeArray } from "../../../../vae_widgets/frontend/src/kernel/arrays.ts";

describe("the decoder of a scatter", () => {
  // Node has no canvas: this one keeps the grey of each pixel that is put on it.
  before(() => {
    const createElement = () => {
      const grey: number[][] = [];
      const putImageData = ({ data, width }: ImageData, x: number, y: number) => {
        const row = (grey[y] ??= []);
        for (let i = 0; i < width; i++) row[x + i] = data[4 * i];
      };
      return { grey, getContext: () => ({ putImageData, drawImage() {} }) };
    };
    class FakeImageData {
      data: Uint8ClampedArray;
      width: number;
      constructor(data: Uint8ClampedArray, width: number) {
        [this.data, this.width] = [data, width];
      }
    }
    Object.assign(globalThis, { document: { createElement }, ImageData: FakeImageData });
  });
  after(() => {
    for (const name of ["document", "ImageData"]) Reflect.deleteProperty(globalThis, name);
  });

  /** A scatter whose samples are its latent vectors: a tile has a pixel for each coordinate. */
  function scatter(changes: object = {}) {
    const values: Record<string, unknown> = {
      _model: { id: "m", renderer: { name: "image", arguments: { vmin: 0, vmax: 255 } } },
      _linear: { projection: "latent", dims: [2, 0], origin: writeArray(new Float64Array(3)) },
      projection: "latent",
      dims: [2, 0],
      slice_at: writeArray(Float32Array.of(0, 7, 0)),
      _axes: [2, 0, 1].map((index) => ({ index, low: 0, high: 140 })),
      _dims_shown: true,
      _save_shown: false,
      attribute: writeArray(new Float32Array(0)),
      _pick: {},
      ...changes,
    };
    const sent: string[] = [];
    const listeners: [string, () => void][] = [];
    const model: any = {
      get: (name: string) => values[name],
      set(name: string, value: unknown) {
        values[name] = value;
        for (const [event, heard] of listeners) if (event === `change:${name}`) heard();
      },
      on: (event: string, heard: () => void) => listeners.push([event, heard]),
      off() {},
      send: ({ kind }: { kind: string }) => sent.push(kind),
    };
    return { model, sent, decoder: PageDecoder.of(model) };
  }

  const decoded: Float32Array[] = [];
  const FAKE = {
    latentDim: 3,
    sampleShape: [1, 3],
    canEncode: false,
    decode(z: Float32Array) {
      decoded.push(z);
      return z.slice();
    },
  };
  const models: Map<string, Promise<object>> = ((globalThis as any)[Symbol.for("vae_widgets.models")] ??= new Map());
  models.set("m", Promise.resolve(FAKE));

  /** The grey of each tile of an answer, row by row. */
  function tilesOf(tiles: any, draw = tiles.draw.bind(tiles)): number[][] {
    return Array.from({ length: tiles.count }, (_, i) => {
      let found: number[] = [];
      const drawImage = ({ grey }: { grey: number[][] }, x: number, y: number, width: number) =>
        (found = grey[y].slice(x, x + width));
      draw({ drawImage } as unknown as CanvasRenderingContext2D, i, 0, 0, 3, 1);
      return found;
    });
  }

  async function ready(decoder: PageDecoder): Promise<void> {
    const loaded = new Promise<void>((resolve) => {
      const stop = decoder.watch(() => (stop(), resolve()));
    });
    assert.equal(decoder.isQuick, false); // this asks for the model
    await loaded;
    assert.equal(decoder.isQuick, true);
  }

  test("a grid is decoded at the middle of its cells, from the top, without a message", async () => {
    const { model, sent, decoder } = scatter();
    await ready(decoder);
    const grid = await new Promise<any>((resolve) => {
      const request = new LatestRequest(model, "grid", ({ own }) => resolve(own));
      request.send({ bounds: [0, 40, 0, 20], columns: 4, rows: 2 });
    });
    // Along x is coordinate 2, along y coordinate 0; coordinate 1 is fixed.
    const row = (y: number) => [5, 15, 25, 35].map((x) => [y, 7, x]);
    assert.deepEqual(tilesOf(grid.tiles), [...row(15), ...row(5)]);
    assert.deepEqual([grid.columns, grid.rows, grid.slice_at], [4, 2, [0, 7, 0]]);
    assert.deepEqual(sent, []);
    decoder.close();
  });

  test("traversals are steps along what is not shown, and along the attribute", async () => {
    const { model, sent, decoder } = scatter({
      _save_shown: true,
      attribute: writeArray(Float32Array.of(0, 1, 0)),
      _pick: { base: [100, 100, 100] },
    });
    await ready(decoder);
    const answer = await new Promise<any>((resolve) => {
      const request = new LatestRequest(model, "traversals", resolve);
      request.send({ at: [30, 20] });
    });
    assert.deepEqual(answer.base, [20, 7, 30]);
    assert.deepEqual(answer.rows, [{ index: 1, low: 0, high: 140 }, { index: -1, low: -2, high: 2 }]);
    assert.deepEqual(answer.line, [[100, 100, 100], [0, 1, 0]]);
    const steps = Array.from({ length: 15 }, (_, i) => [20, 10 * i, 30]);
    const along = Array.from({ length: 15 }, (_, i) => [100, Math.round(98 + (4 * i) / 14), 100]);
    assert.deepEqual(tilesOf(answer.tiles), [...steps, ...along]);
    assert.deepEqual(sent, []);
    decoder.close();
  });

  test("while the kernel has not found the plane that was asked for, or is the only one to know it, it decodes", async () => {
    const { model, sent, decoder } = scatter();
    await ready(decoder);
    const request = new LatestRequest(model, "place", () => {});
    model.set("dims", [0, 1]);
    request.send({ at: [1, 2] });
    assert.deepEqual(sent, ["place"]);
    request.drop();
    model.set("dims", [2, 0]);
    model.set("_linear", { projection: "latent", dims: [2, 0] }); // of a transformer
    request.send({ at: [1, 2] });
    assert.deepEqual(sent, ["place", "place"]);
    request.close();
    decoder.close();
  });

  test("other weights are asked for, and until they are here the kernel decodes", async () => {
    const { model, sent, decoder } = scatter();
    await ready(decoder);
    let told = 0;
    decoder.watch(() => told++);
    model.set("_model", {}); // the kernel trains
    assert.deepEqual([told, decoder.isQuick], [1, false]);
    models.set("n", Promise.resolve({ ...FAKE, decode: (z: Float32Array) => z.map((value) => value + 1) }));
    model.set("_model", { ...scatter().model.get("_model"), id: "n" });
    await ready(decoder);
    const here = decoder.decode({ x: 30, y: 20 });
    assert.deepEqual(tilesOf(here!.tiles), [[21, 8, 31]]);
    assert.deepEqual(sent, ["codes"]);
    decoder.close();
  });

  test("a model that does not run is named in words, and the kernel decodes", async () => {
    const { model, decoder, sent } = scatter({ _model: { id: "broken-model", name: "digits.vae", renderer: { name: "image", arguments: {} } } });
    models.set("broken-model", Promise.reject(new Error("the operator Foo is unknown.")));
    await new Promise<void>((resolve) => {
      decoder.watch(resolve);
      assert.equal(decoder.isQuick, false);
    });
    assert.match(decoder.failure, /digits\.vae does not .*the operator Foo is unknown\. The kernel decodes\./);
    new LatestRequest(model, "place", () => {}).send({ at: [1, 2] });
    assert.deepEqual(sent, ["place"]);
    decoder.close();
  });
});
