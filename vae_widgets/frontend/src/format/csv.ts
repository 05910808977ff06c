/** Tables as comma-separated values: RFC 4180, with a header, in UTF-8. */

/** Name and values. Float32 values are written with the fewest digits that give them back. */
export type Column = [name: string, values: ArrayLike<number | string>];

const ROWS = 4096;

/** The text of a table in parts, which are shorter than the longest string that browsers allow. */
export function csvParts(columns: Column[]): string[] {
  const parts = [line(columns.map(([name]) => name))];
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

function line(cells: string[]): string {
  const quoted = cells.map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text));
  return `${quoted.join(",")}\r\n`;
}

/** Unknown numbers are empty; infinite ones are written as Python reads them. */
function cell(value: number | string, is32: boolean): string {
  if (typeof value === "string") return value;
  if (Number.isNaN(value)) return "";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return is32 ? shortest32(value) : String(value);
}
