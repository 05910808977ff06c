/** The samples of a scatter as a table, for a file. */

import type { Column } from "../../format/csv.ts";
import { filled, readArray, rowsWhere } from "../../kernel/arrays.ts";
import { axisNames, type Model } from "./model.ts";

/**
 * Row number, entry of the pandas index (one of `keys`, null without an index), coordinates on the
 * plane, class, quantities, and whether it is selected, of each sample whose row of `levels` is not
 * below 0.
 */
export function samplesTable(model: Model, levels: Int16Array, keys: string[] | null): Column[] {
  const rows = rowsWhere(levels.length, (row) => levels[row] >= 0);
  const floats = (valueOf: (row: number) => number) =>
    filled(new Float32Array(rows.length), (i) => valueOf(rows[i]));
  const positions = readArray(model.get("_positions"));
  const columns: Column[] = [["index", rows]];
  if (keys) columns.push(["key", Array.from(rows, (row) => keys[row])]);
  axisNames(model).forEach((name, axis) => {
    if (name) columns.push([name, floats((row) => positions[2 * row + axis])]);
  });
  const classes = readArray<Uint32Array>(model.get("_classes"));
  const names = model.get("_class_names");
  if (classes.length) columns.push(["label", Array.from(rows, (row) => names[classes[row]] ?? "")]);
  for (const [name, wire] of Object.entries(model.get("quantities"))) {
    const values = readArray(wire);
    columns.push([name, floats((row) => values[row])]);
  }
  const selected = new Uint8Array(levels.length);
  for (const row of readArray<Uint32Array>(model.get("selection"))) selected[row] = 1;
  columns.push(["selected", filled(new Uint8Array(rows.length), (i) => selected[rows[i]])]);
  return columns;
}
