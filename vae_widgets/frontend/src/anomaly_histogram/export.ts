/** Files that the histogram saves: a picture, its bars, and the scores, which the kernel has. */

import type { AnyModel } from "@anywidget/types";
import { dataFile, pictureFile, type ExportedFile } from "../controls/export_menu.ts";
import type { Column } from "../format/csv.ts";
import { filled, readArray, readTexts } from "../kernel/arrays.ts";
import { FileRequest } from "../kernel/file_request.ts";
import type { Histogram } from "./layers.ts";
import type { State } from "./state.ts";

const NAME = "anomaly_scores";

export class HistogramFiles {
  readonly all: ExportedFile[];
  readonly #model: AnyModel<State>;
  readonly #scores: FileRequest<"scores">;

  constructor(model: AnyModel<State>, root: HTMLElement, histogram: () => Histogram) {
    this.#model = model;
    this.#scores = new FileRequest(model, "scores");
    this.all = [
      pictureFile(NAME, root),
      dataFile(NAME, "Save each score with its row, index label and label, and whether it is flagged", () => this.#table()),
      {
        ...dataFile(`${NAME}_bars`, "Save the edges of the bars, and how many scores of each kind they have", () =>
          bars(histogram()),
        ),
        label: "Bars (CSV)",
      },
    ];
  }

  close(): void {
    this.#scores.close();
  }

  /** Rows of scores, asked of the kernel. */
  async #table(): Promise<Column[]> {
    const answer = await this.#scores.ask();
    const [scores, labels] = [answer.scores!, answer.labels!].map((wire) => readArray<Float64Array>(wire));
    const keys = readTexts(answer.keys!);
    const threshold = this.#model.get("threshold");
    return [
      ["index", filled(new Uint32Array(scores.length), (index) => index)],
      ...(keys ? [["key", keys] satisfies Column] : []),
      ["score", scores],
      ["label", labels],
      ["flagged", filled(new Uint8Array(scores.length), (i) => Number(scores[i] >= threshold))],
    ];
  }
}

/** Left edge, right edge and counts of each bar, and of the scores outside the axis. */
function bars({ counts, classNames, lowest, highest }: Histogram): Column[] {
  const bins = counts.bins();
  const { below, beyond } = counts.outside();
  const edges = Array.from({ length: bins[0].length + 1 }, (_, i) => counts.thresholds[i * counts.stepsPerBin]);
  const [low, high] = [below, beyond].map((outside) => outside.some(Boolean));
  const from = [...(low ? [lowest] : []), ...edges.slice(0, -1), ...(high ? [edges.at(-1)!] : [])];
  const to = [...(low ? [edges[0]] : []), ...edges.slice(1), ...(high ? [highest] : [])];
  return [
    ["from", from],
    ["to", to],
    ...classNames.map((name, k): Column => [
      name,
      [...(low ? [below[k]] : []), ...bins[k], ...(high ? [beyond[k]] : [])],
    ]),
  ];
}
