/** Reads tables of numbers as text: CSV with commas, semicolons or tabs; with the last two also decimal commas. */

import { spread } from "./data_set.ts";

export interface Table {
  rows: Float32Array[];
  /** Number of rows in the file, of which `rows` are some. */
  total: number;
  /** Class of each row as it is written; null without a column of classes. */
  classes: string[] | null;
}

/** Names of a column that holds classes. */
const CLASS = /^(label|labels|class|classes|target|species|category)$/i;

/**
 * Read a table, of more than `mostRows` rows some at equal distances: a file is often sorted by class.
 * Throws an error that names the first of their lines that does not fit.
 */
export function readTable(text: string, mostRows: number): Table {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  const numbers = lines.map((_, i) => i).filter((i) => lines[i].trim());
  if (!numbers.length) throw new Error("it is empty.");
  const first = lines[numbers[0]];
  const separator = [";", "\t", ","].find((each) => first.includes(each)) ?? ",";
  const cells = (line: string) => line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
  // Where no comma separates the cells, it is a decimal comma.
  const numberIn = (cell: string) => Number(separator === "," ? cell : cell.replace(",", "."));
  const head = cells(first);
  const hasNames = head.some((cell) => cell !== "" && !Number.isFinite(numberIn(cell)));
  const classColumn = hasNames ? head.findIndex((name) => CLASS.test(name)) : -1;
  const body = hasNames ? numbers.slice(1) : numbers;
  if (!body.length) throw new Error("it has a line of names, but no numbers.");
  const classes: string[] = [];
  const rows = Array.from(spread(mostRows, body.length), (index) => {
    const at = body[index];
    const found = cells(lines[at]);
    if (found.length !== head.length) {
      throw new Error(`line ${at + 1} has ${found.length} cells; expected ${head.length}, as the first line has.`);
    }
    if (classColumn >= 0) classes.push(found[classColumn]);
    const values = found.filter((_, column) => column !== classColumn);
    return Float32Array.from(values, (cell) => {
      const value = cell === "" ? NaN : Math.fround(numberIn(cell));
      if (Number.isFinite(value)) return value;
      const what = cell === "" ? "is empty" : `holds "${cell.slice(0, 20)}"`;
      throw new Error(`a cell of line ${at + 1} ${what}; expected a number. Name a column of classes "label".`);
    });
  });
  return { rows, total: body.length, classes: classColumn >= 0 ? classes : null };
}
