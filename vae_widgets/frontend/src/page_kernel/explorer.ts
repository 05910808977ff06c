/** What links the parts of an Explorer (widgets/explorer/widget.py). */

import { readArray, type WireArray } from "../kernel/arrays.ts";
import type { PageModel } from "./page_model.ts";
import type { HistogramKernel } from "./histogram.ts";
import type { Parts } from "./parts.ts";

/** How many of the selected samples are shown. */
const STRIP_TILES = 60;

/** `pick` picks a sample in the scatter. */
export function linkExplorer(
  model: PageModel,
  parts: Parts,
  histogram: HistogramKernel,
  pick: (row: number) => void,
): void {
  const own = model.own!;
  const [scatter, strip, tabs, review, button] = ["scatter", "strip", "tabs", "review", "select_flagged"].map(
    (name) => parts.model(own[name])!,
  );
  const pictures = parts.pictures(own.pictures);
  let shown = readArray<Uint32Array>(scatter.get("selection")).slice(0, STRIP_TILES);
  let latest = 0;

  const count = () => {
    const selection = scatter.get("selection").shape[0];
    tabs.commit({ counts: { selection, threshold: histogram.flagged } });
  };
  const showSelection = async (wire: WireArray) => {
    count();
    const rows = readArray<Uint32Array>(wire).slice(0, STRIP_TILES);
    const mine = ++latest;
    const atlas = rows.length ? await pictures.of(rows) : { count: 0 };
    if (mine !== latest) return;
    shown = rows;
    const n = wire.shape[0];
    strip.commit({
      selected: -1,
      title: `Selected samples${n ? ` (${rows.length} of ${n})` : ""}`,
      _content: {
        note: scatter.get("_range_note"),
        atlas,
        columns: rows.length,
        names: [],
        captions: Array.from(rows, (row) => `#${row}`),
        marks: [],
      },
    });
  };
  scatter.observe("selection", (wire) => void showSelection(wire));
  histogram.whenThresholdChanges(count);
  histogram.picked = pick;
  strip.observe("selected", (tile: number) => tile >= 0 && pick(shown[tile]));
  button.on("click", () => scatter.commit({ selection: histogram.flaggedRows }));
  review.observe("position", (position: number) => {
    const { start, indices } = review.get("_window");
    const row = indices[position - start];
    if (row !== undefined) pick(row);
  });
}
