import assert from "node:assert/strict";
import { test, mock } from "node:test";
import { Channel } from "../../../vae_widgets/frontend/src/kernel/channel.ts";
import { LatestRequest, type Overdue } from "../../../vae_widgets/frontend/src/kernel/latest_request.ts";

type Answer = Record<string, unknown>;

function recorder(overdue: Overdue = () => {}) {
  const sent: any[] = [];
  const answers: [index: number, busy: boolean][] = [];
  let take = (_answer: Answer) => {};
  const model: any = {
    on: (_event: string, listen: (answer: Answer) => void) => (take = listen),
    send: (content: unknown) => sent.push(content),
  };
  const request: LatestRequest<"tile"> = new LatestRequest(
    model,
    "tile",
    (_answer, { index }) => answers.push([index, request.busy]),
    overdue,
    1000,
  );
  const answer = ({ kind, page, seq }: any) => take({ kind, page, seq, error: "" });
  return { sent, answers, request, answer };
}

test("one request is under way, the newest waits, those between are dropped", () => {
  const { sent, answers, request, answer } = recorder();
  for (const index of [1, 2, 3, 4]) request.send({ index });
  assert.deepEqual(sent.map(({ index }) => index), [1]);
  answer(sent[0]);
  assert.deepEqual(sent.map(({ index }) => index), [1, 4]);
  answer(sent[1]);
  assert.deepEqual(answers, [[1, true], [4, false]]);
  request.close();
});

test("an answer to an older request, and one to another page, are dropped", () => {
  const { sent, answers, request, answer } = recorder();
  request.send({ index: 1 });
  answer(sent[0]);
  request.send({ index: 2 });
  answer(sent[0]);
  answer({ ...sent[1], page: "another" });
  answer({ kind: "tile", page: undefined, seq: undefined });
  assert.equal(request.busy, true);
  answer(sent[1]);
  assert.deepEqual(answers, [[1, false], [2, false]]);
  request.close();
});

test("an answer that is dropped beforehand changes nothing, and the next request goes at once", () => {
  const { sent, answers, request, answer } = recorder();
  request.send({ index: 1 });
  request.send({ index: 2 });
  request.drop();
  assert.equal(request.busy, false);
  request.send({ index: 3 });
  answer(sent[0]);
  answer(sent[1]);
  assert.deepEqual(sent.map(({ index }) => index), [1, 3]);
  assert.deepEqual(answers, [[3, false]]);
  request.close();
});

test("a kernel that does not answer is reported, and the next request goes out", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  let reports = 0;
  const retracted: number[] = [];
  const { sent, answers, request, answer } = recorder(() => {
    const report = ++reports;
    return () => retracted.push(report);
  });
  request.send({ index: 1 });
  request.send({ index: 2 });
  mock.timers.tick(999);
  assert.equal(reports, 0);
  mock.timers.tick(1);
  assert.equal(reports, 1);
  assert.deepEqual(sent.map(({ index }) => index), [1, 2]);
  mock.timers.tick(1000);
  assert.equal(reports, 2);
  answer(sent[0]);
  assert.deepEqual(answers, []);
  assert.deepEqual(retracted, []); // the newest one is still late
  answer(sent[1]); // late is better than never
  assert.deepEqual(answers, [[2, false]]);
  assert.deepEqual(retracted, [1]);
  request.send({ index: 3 });
  request.close();
  mock.timers.tick(10_000);
  assert.equal(reports, 2);
  answer(sent[2]);
  assert.equal(answers.length, 1);
  mock.timers.reset();
});

test("a request that the page answers itself gives way to a newer one at once", async () => {
  const sent: unknown[] = [];
  const model: any = { on() {}, send: (content: unknown) => sent.push(content) };
  const asked: number[] = [];
  Channel.of(model).answerLocally("tile", ({ index }, signal) => {
    asked.push(index);
    return new Promise((resolve) => setImmediate(() => resolve(signal.aborted ? {} : { own: index })));
  });
  const answers: unknown[] = [];
  const request = new LatestRequest(model, "tile", ({ own }) => answers.push(own));
  for (const index of [1, 2, 3]) request.send({ index });
  assert.deepEqual(asked, [1, 2, 3]);
  assert.equal(request.busy, true);
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  assert.deepEqual([answers, request.busy, sent], [[3], false, []]);
  request.send({ index: 4 });
  request.close();
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  assert.deepEqual(answers, [3]);
});
