import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { writeArray } from "../../vae_widgets/frontend/src/arrays.ts";
import { change, tell, tellSoon } from "../../vae_widgets/frontend/src/tell.ts";

function recorder(state: Record<string, any>) {
  const sent: { content: any; buffers: ArrayBuffer[] }[] = [];
  const model: any = {
    get: (name: string) => state[name],
    set: (name: string, value: unknown) => (state[name] = value),
    send: (content: any, _callbacks: unknown, buffers: ArrayBuffer[]) => sent.push({ content, buffers }),
  };
  return { model, sent };
}

test("bytes travel beside the message, wherever they are, and no more than are meant", () => {
  const whole = Float32Array.of(1, 2, 3, 4);
  const part = { dtype: "float32", shape: [2], data: new DataView(whole.buffer, 4, 8) };
  const { model, sent } = recorder({ mode: "lasso", marks: { a: writeArray(Uint8Array.of(7)) }, list: [0, part] });
  tell(model, "mode", "marks", "list");
  const [{ content, buffers }] = sent;
  assert.deepEqual(content, {
    type: "state",
    state: {
      mode: "lasso",
      marks: { a: { dtype: "uint8", shape: [1], data: null } },
      list: [0, { dtype: "float32", shape: [2], data: null }],
    },
    paths: [["marks", "a", "data"], ["list", 1, "data"]],
  });
  assert.deepEqual(buffers.map((buffer) => buffer.byteLength), [1, 8]);
  assert.deepEqual([...new Float32Array(buffers[1])], [2, 3]);
});

test("what moves is told ten times a second, with its last value, or along with what is told", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { model, sent } = recorder({ at: 0 });
  for (const at of [1, 2, 3]) {
    model.set("at", at);
    tellSoon(model, "at");
    mock.timers.tick(30);
  }
  assert.equal(sent.length, 0);
  mock.timers.tick(30);
  tellSoon(model, "at");
  change(model, { mode: "pan" });
  mock.timers.tick(1000);
  assert.deepEqual(sent.map(({ content }) => content.state), [{ at: 3 }, { at: 3, mode: "pan" }]);
  mock.timers.reset();
});

test("to a kernel that has gone nothing is sent, and nothing breaks", () => {
  const warned = mock.method(console, "warn", () => {});
  const { model } = recorder({ at: 1 });
  model.send = () => {
    throw new Error("Cannot send");
  };
  change(model, { at: 2 });
  assert.equal(model.get("at"), 2);
  assert.equal(warned.mock.callCount(), 1);
  warned.mock.restore();
});
