import assert from "node:assert/strict";
import { test, mock } from "node:test";
import { LatestRequest } from "../../../vae_widgets/frontend/src/kernel/latest_request.ts";

interface Sent {
  place: number;
  page: string;
  seq: number;
}

function recorder(overdue = () => {}) {
  const sent: Sent[] = [];
  const request = new LatestRequest<{ place: number }>((question) => sent.push(question), overdue, 1000);
  return { sent, request };
}

test("one question is under way, the newest waits, those between are dropped", () => {
  const { sent, request } = recorder();
  for (const place of [1, 2, 3, 4]) request.ask({ place });
  assert.deepEqual(sent.map(({ place }) => place), [1]);
  assert.equal(request.answered(sent[0]), false, "a newer place is wanted");
  assert.deepEqual(sent.map(({ place }) => place), [1, 4]);
  assert.equal(request.answered(sent[1]), true);
  assert.equal(request.busy, false);
  request.stop();
});

test("an answer to an older question is stale", () => {
  const { sent, request } = recorder();
  request.ask({ place: 1 });
  request.answered(sent[0]);
  request.ask({ place: 2 });
  assert.equal(request.answered(sent[0]), false);
  assert.equal(request.busy, true);
  assert.equal(request.answered(sent[1]), true);
  request.stop();
});

test("what the kernel says unasked is news, unless this page waits for its own answer", () => {
  const { request } = recorder();
  const unasked = { page: "", seq: 0 };
  assert.equal(request.answered(unasked), true);
  request.ask({ place: 1 });
  assert.equal(request.answered(unasked), false);
  assert.equal(request.answered({ page: "another", seq: 1 }), false);
  request.stop();
});

test("a kernel that does not answer is reported, and the next question goes out", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  let reports = 0;
  const { sent, request } = recorder(() => reports++);
  request.ask({ place: 1 });
  request.ask({ place: 2 });
  mock.timers.tick(999);
  assert.equal(reports, 0);
  mock.timers.tick(1);
  assert.equal(reports, 1);
  assert.deepEqual(sent.map(({ place }) => place), [1, 2]);
  mock.timers.tick(1000);
  assert.equal(reports, 2);
  assert.equal(request.answered(sent[1]), true, "late is better than never");
  request.stop();
  mock.timers.tick(10_000);
  assert.equal(reports, 2);
  mock.timers.reset();
});
