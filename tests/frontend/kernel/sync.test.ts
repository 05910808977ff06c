import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { writeArray } from "../../../vae_widgets/frontend/src/kernel/arrays.ts";
import { Channel } from "../../../vae_widgets/frontend/src/kernel/channel.ts";
import { setAndPush, send as post, pushState, pushStateThrottled } from "../../../vae_widgets/frontend/src/kernel/sync.ts";

function recorder(own: Record<string, any>) {
  const state: Record<string, any> = { layout: { comm_live: true }, ...own }; // as in Jupyter
  const sent: { content: any; buffers: ArrayBuffer[] }[] = [];
  const model: any = {
    get: (name: string) => state[name],
    set: (name: string, value: unknown) => (state[name] = value),
    on: (_event: string, listen: (content: any) => void) => (model.answer = listen),
    send({ page, seq, ...content }: any, _callbacks: unknown, buffers: ArrayBuffer[]) {
      sent.push({ content, buffers });
      model.receipt = { kind: "received", page, seq };
    },
  };
  return { model, sent };
}

test("bytes travel beside the message, wherever they are, and no more than are meant", () => {
  const whole = Float32Array.of(1, 2, 3, 4);
  const part = { dtype: "float32", shape: [2], data: new DataView(whole.buffer, 4, 8) };
  const { model, sent } = recorder({ mode: "lasso", marks: { a: writeArray(Uint8Array.of(7)) }, list: [0, part] });
  pushState(model, "mode", "marks", "list");
  const [{ content, buffers }] = sent;
  assert.deepEqual(content, {
    kind: "state",
    state: {
      mode: "lasso",
      marks: { a: { dtype: "uint8", shape: [1], data: null } },
      list: [0, { dtype: "float32", shape: [2], data: null }],
    },
    paths: [["state", "marks", "a", "data"], ["state", "list", 1, "data"]],
  });
  assert.deepEqual(buffers.map((buffer) => buffer.byteLength), [1, 8]);
  assert.deepEqual([...new Float32Array(buffers[1])], [2, 3]);
});

test("what moves is told ten times a second, with its last value, or along with what is told", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { model, sent } = recorder({ at: 0 });
  for (const at of [1, 2, 3]) {
    model.set("at", at);
    pushStateThrottled(model, "at");
    mock.timers.tick(30);
  }
  assert.equal(sent.length, 0);
  mock.timers.tick(30);
  pushStateThrottled(model, "at");
  setAndPush(model, { mode: "pan" });
  mock.timers.tick(1000);
  assert.deepEqual(sent.map(({ content }) => content.state), [{ at: 3 }, { at: 3, mode: "pan" }]);
  mock.timers.reset();
});

test("to a kernel that has gone messages wait in order, and go when it answers again", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const warned = mock.method(console, "warn", () => {});
  const { model, sent } = recorder({ at: 1 });
  const { send } = model;
  model.send = () => {
    throw new Error("Cannot send");
  };
  const channel = Channel.of(model);
  let told = 0;
  const stop = channel.watch(() => told++);
  setAndPush(model, { at: 2 });
  setAndPush(model, { at: 3, mode: "pan" });
  post(model, "refill", {});
  const taken = post(model, "undo", {});
  assert.ok(taken.cancel());
  assert.ok(!taken.cancel());
  assert.deepEqual([channel.silent, told, warned.mock.callCount()], [true, 1, 1]);
  model.send = send;
  mock.timers.tick(2000);
  assert.deepEqual(
    sent.map(({ content }) => content),
    [{ kind: "state", state: { at: 3, mode: "pan" } }, { kind: "refill" }],
  );
  model.answer(model.receipt);
  assert.deepEqual([channel.silent, told], [false, 2]);
  stop();
  warned.mock.restore();
  mock.timers.reset();
});

test("a kernel that does not answer for three seconds is silent until it does", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { model, sent } = recorder({ at: 1 });
  const channel = Channel.of(model);
  const stop = channel.watch(() => {});
  setAndPush(model, { at: 2 });
  mock.timers.tick(2999);
  assert.equal(channel.silent, false);
  mock.timers.tick(1);
  assert.equal(channel.silent, true);
  const busy = post(model, "refill", {});
  assert.ok(!busy.cancel()); // it is on its way
  model.answer({ kind: "received", page: "another page", seq: 9 });
  assert.equal(channel.silent, true);
  model.answer(model.receipt);
  assert.equal(channel.silent, false);
  mock.timers.tick(10_000);
  assert.equal(channel.silent, false);
  assert.equal(sent.length, 2);
  stop();
  mock.timers.reset();
});
