/**
 * Tables as comma-separated values: RFC 4180, with a header, in UTF-8. No text of them is a formula
 * in a spreadsheet (core/spreadsheet_csv.py).
 */

/** Name and values. Float32 values are written with the fewest digits that give them back. */
export type Column = [name: string, values: ArrayLike<number | string>];

const ROWS = 4096;

/** The text of a table in parts, which are shorter than the longest string that browsers allow. */
export function csvParts(columns: Column[]): string[] {
  const parts = [line(columns.map(([name]) => csvCell(name)))];
  const count = columns[0][1].length;
  const digits = columns.map(([, values]) => values instanceof Float32Array);
  for (let from = 0; from < count; from += ROWS) {
    let part = "";
    for (let row = from; row < Math.min(count, from + ROWS); row++) {
      part += line(columns.map(([, values], i) => cell(values[row], digits[i])));
    }
    parts.push(part);
  }
  return parts;
}

/** The shortest decimal number from which a float32 number is read again. */
export function shortest32(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

const FORMULA = /^[=+\-@\t\r\n'\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Text as a cell. An apostrophe comes before text that is no number and looks like a formula. */
export function csvCell(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function line(cells: string[]): string {
  return `${cells.join(",")}\r\n`;
}

/** Unknown numbers are empty; infinite ones are written as Python reads them. */
function cell(value: number | string, is32: boolean): string {
  if (typeof value === "string") return csvCell(value);
  if (Number.isNaN(value)) return "";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return is32 ? shortest32(value) : String(value);
}
