import assert from "node:assert/strict";
import { test, mock } from "node:test";
import { FileRequest } from "../../../vae_widgets/frontend/src/kernel/file_request.ts";

function connected(live = true) {
  const sent: any[] = [];
  let take = (_answer: object) => {};
  const model: any = {
    get: () => ({ comm_live: live }),
    on: (_event: string, listen: (answer: object) => void) => (take = listen),
    send: (content: unknown) => sent.push(content),
  };
  const answer = (fields: object) => take({ kind: sent[0].kind, page: sent[0].page, seq: sent[0].seq, ...fields });
  return { sent, answer, request: new FileRequest<"history">(model, "history") };
}

test("a file waits for an answer that takes long on the way", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { answer, request } = connected();
  const asked = request.ask();
  mock.timers.tick(20_000);
  answer({ error: "", csv: "epoch,loss" });
  assert.equal((await asked).csv, "epoch,loss");
  const never = assert.rejects(request.ask(), /no answer from the kernel for 60 s/);
  mock.timers.tick(60_000);
  await never;
  mock.timers.reset();
});

test("a file is refused with the reason of the kernel, and at once without a kernel", async () => {
  const { answer, request } = connected();
  const refused = assert.rejects(request.ask(), { message: "there is no run yet" });
  answer({ error: "there is no run yet" });
  await refused;
  request.close();
  const gone = connected(false);
  await assert.rejects(gone.request.ask(), /Run the cell again/);
  assert.deepEqual(gone.sent, []);
});
