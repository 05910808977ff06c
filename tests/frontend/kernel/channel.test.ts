import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Channel } from "../../../vae_widgets/frontend/src/kernel/channel.ts";

function recorder() {
  const sent: any[] = [];
  let take = (_message: any, _buffers?: DataView[]) => {};
  const model: any = {
    on: (_event: string, listen: typeof take) => (take = listen),
    send: (content: unknown) => sent.push(content),
  };
  return { sent, channel: Channel.of(model), take: (...message: Parameters<typeof take>) => take(...message) };
}

test("each message has the page and a number of its own, and its answer finds who listens", () => {
  const { sent, channel, take } = recorder();
  const heard: unknown[] = [];
  const stop = channel.listen({ tile: ({ seq, tiles }) => heard.push([seq, tiles]) });
  const posts = [channel.post("tile", { index: 5 }), channel.post("undo", {})];
  assert.deepEqual(posts.map(({ seq }) => seq), sent.map(({ seq }) => seq));
  assert.equal(sent[0].page, sent[1].page);
  assert.ok(sent[0].seq < sent[1].seq);
  const { page, seq } = sent[0];
  const png = new DataView(new ArrayBuffer(2));
  take({ kind: "tile", page, seq, error: "", tiles: { count: 1 }, paths: [["tiles", "png"]] }, [png]);
  assert.deepEqual(heard, [[seq, { count: 1, png }]]);
  take({ kind: "tile", page: "another", seq, error: "" });
  stop();
  take({ kind: "tile", page, seq, error: "" });
  assert.equal(heard.length, 1);
});

test("news for all pages have no page; what is not a message of ours is left alone", () => {
  const { channel, take } = recorder();
  const heard: unknown[] = [];
  channel.listen({ path: ({ error }) => heard.push(error) });
  for (const message of [null, "text", 1, {}, { method: "x" }]) take(message);
  take({ kind: "path", error: "no" });
  assert.deepEqual(heard, ["no"]);
});

test("a refusal that nobody listens for is logged", () => {
  const warned = mock.method(console, "warn", () => {});
  const { sent, channel, take } = recorder();
  channel.post("undo", {});
  const { page, seq } = sent[0];
  take({ kind: "undo", page, seq, error: "too late" });
  take({ kind: "refused", error: "malformed" });
  assert.deepEqual(
    warned.mock.calls.map(({ arguments: [, why] }) => why),
    ["too late", "malformed"],
  );
  warned.mock.restore();
});

test("what the page can answer itself is no message, and its answer comes as one of the kernel's", async () => {
  const { sent, channel } = recorder();
  const heard: unknown[] = [];
  channel.listen({ place: ({ seq, error, off_data }) => heard.push([seq, error, off_data]) });
  let mode: "here" | "kernel" | "fails" = "here";
  const stop = channel.answerLocally("place", ({ at }) => {
    if (mode === "fails") throw new Error("no such place");
    return mode === "here" ? { off_data: at[0] > 1 } : null;
  });
  const post = channel.post("place", { at: [2, 0] });
  assert.deepEqual([post.local, heard.length, sent.length], [true, 0, 0]);
  await Promise.resolve();
  assert.deepEqual(heard, [[post.seq, "", true]]);
  mode = "fails";
  const failed = channel.post("place", { at: [0, 0] });
  await new Promise(setImmediate);
  assert.deepEqual(heard[1], [failed.seq, "no such place", undefined]);
  mode = "kernel";
  assert.equal(channel.post("place", { at: [0, 0] }).local, false);
  mode = "here";
  stop();
  channel.post("place", { at: [0, 0] });
  assert.deepEqual(sent.map(({ kind }) => kind), ["place", "place"]);
});

test("a local answer that is cancelled is told so, and never comes", async () => {
  const { channel } = recorder();
  const heard: unknown[] = [];
  channel.listen({ place: () => heard.push("answer") });
  let aborted = () => false;
  channel.answerLocally("place", (_, signal) => {
    aborted = () => signal.aborted;
    return new Promise((resolve) => setImmediate(() => resolve({ off_data: false })));
  });
  const post = channel.post("place", { at: [0, 0] });
  assert.deepEqual([aborted(), post.cancel(), aborted(), post.cancel()], [false, true, true, false]);
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  assert.deepEqual(heard, []);
});

test("where messages fail and the host has no other models, the page is static, and nothing waits", () => {
  let tries = 0;
  const failing = (layout: unknown) => ({
    get: (name: string) => (name === "layout" ? layout : 1),
    on: () => {},
    send: () => {
      tries++;
      throw new Error("not supported");
    },
  });
  const channel = Channel.of(failing("IPY_MODEL_1") as any);
  let told = 0;
  const stop = channel.watch(() => told++);
  assert.ok(!channel.static && !channel.gone);
  channel.post("undo", {});
  channel.postState(["a"]);
  assert.ok(channel.static && channel.gone && channel.silent);
  assert.deepEqual([tries, told], [1, 1]);
  stop();
  // In Jupyter the kernel may come back.
  const warned = mock.method(console, "warn", () => {});
  const jupyter = Channel.of(failing({ comm_live: true }) as any);
  jupyter.post("undo", {});
  assert.ok(jupyter.silent && !jupyter.static && !jupyter.gone);
  warned.mock.restore();
});

test("where messages do nothing, the page is static once the first one was not answered", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const bare = { get: () => undefined, on: () => {}, send: () => {} };
  const channel = Channel.of(bare as any);
  const stop = channel.watch(() => {});
  channel.post("undo", {});
  mock.timers.tick(2900);
  assert.ok(!channel.static);
  mock.timers.tick(200);
  assert.ok(channel.static);
  stop();
  mock.timers.reset();
});

test("a message that fails later, as in marimo, is logged and throws nothing", async () => {
  const warned = mock.method(console, "warn", () => {});
  const channel = Channel.of({ get: () => undefined, on: () => {}, send: () => Promise.reject(new Error("lost")) } as any);
  channel.post("undo", {});
  await new Promise((resolve) => setImmediate(resolve));
  assert.match(String(warned.mock.calls[0].arguments[1]), /lost/);
  warned.mock.restore();
});
