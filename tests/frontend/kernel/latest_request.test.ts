import assert from "node:assert/strict";
import { test, mock } from "node:test";
import { Asking } from "../../../vae_widgets/frontend/src/kernel/latest_request.ts";

interface Sent {
  place: number;
  page: string;
  seq: number;
}

function recorder(overdue = () => {}) {
  const sent: Sent[] = [];
  const asking = new Asking<{ place: number }>((question) => sent.push(question), overdue, 1000);
  return { sent, asking };
}

test("one question is under way, the newest waits, those between are dropped", () => {
  const { sent, asking } = recorder();
  for (const place of [1, 2, 3, 4]) asking.ask({ place });
  assert.deepEqual(sent.map(({ place }) => place), [1]);
  assert.equal(asking.answered(sent[0]), false, "a newer place is wanted");
  assert.deepEqual(sent.map(({ place }) => place), [1, 4]);
  assert.equal(asking.answered(sent[1]), true);
  assert.equal(asking.busy, false);
  asking.stop();
});

test("an answer to an older question is stale", () => {
  const { sent, asking } = recorder();
  asking.ask({ place: 1 });
  asking.answered(sent[0]);
  asking.ask({ place: 2 });
  assert.equal(asking.answered(sent[0]), false);
  assert.equal(asking.busy, true);
  assert.equal(asking.answered(sent[1]), true);
  asking.stop();
});

test("what the kernel says unasked is news, unless this page waits for its own answer", () => {
  const { asking } = recorder();
  const unasked = { page: "", seq: 0 };
  assert.equal(asking.answered(unasked), true);
  asking.ask({ place: 1 });
  assert.equal(asking.answered(unasked), false);
  assert.equal(asking.answered({ page: "another", seq: 1 }), false);
  asking.stop();
});

test("a kernel that does not answer is reported, and the next question goes out", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  let reports = 0;
  const { sent, asking } = recorder(() => reports++);
  asking.ask({ place: 1 });
  asking.ask({ place: 2 });
  mock.timers.tick(999);
  assert.equal(reports, 0);
  mock.timers.tick(1);
  assert.equal(reports, 1);
  assert.deepEqual(sent.map(({ place }) => place), [1, 2]);
  mock.timers.tick(1000);
  assert.equal(reports, 2);
  assert.equal(asking.answered(sent[1]), true, "late is better than never");
  asking.stop();
  mock.timers.tick(10_000);
  assert.equal(reports, 2);
  mock.timers.reset();
});
