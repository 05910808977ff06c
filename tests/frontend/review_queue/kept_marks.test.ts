import assert from "node:assert/strict";
import { test } from "node:test";
import { csvCell, KeptMarks } from "../../../vae_widgets/frontend/src/review_queue/kept_marks.ts";

test("text that a spreadsheet takes for a formula gets an apostrophe, and quotes where it needs them", () => {
  assert.equal(csvCell("2026-01-01T00:00:00+00:00"), "2026-01-01T00:00:00+00:00");
  for (const text of ["=1+1", "+1", "-1", "@A1", "\t=1", "'=1", "\uff1d1"]) assert.equal(csvCell(text), `'${text}`);
  assert.equal(csvCell('=a,"b"'), '"\'=a,""b"""');
  assert.equal(csvCell("\r=1"), '"\'\r=1"');
  assert.equal(csvCell("a\nb"), '"a\nb"');
  assert.equal(csvCell(""), "");
});

test("marks are kept as a file that ReviewQueue.load reads", () => {
  const keep = new KeptMarks({ scores: "s", queue: "q", kernel: "k" });
  keep.add({ index: 3, score: -0.5, mark: "normal", time: "=1,2", drawn_from: null });
  assert.equal(keep.csv(), 'index,score,label,mark,time,drawn_from\n3,-0.5,0,normal,"\'=1,2",\n');
});
