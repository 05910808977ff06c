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
