/** Reads numbers that people type, with a decimal point or a decimal comma. */

const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const COMMA = /^[+-]?\d*,\d+(e[+-]?\d+)?$/i;
/** "1,234" may mean 1.234 or 1234; "0,500" and "1,50" are clear. */
const UNCLEAR = /^[+-]?[1-9]\d{0,2},\d{3}$/;

/**
 * Read a typed number.
 *
 * Throws an error that says why the text is not a number.
 */
export function parseNumber(text: string): number {
  const typed = text.trim().replaceAll("\u2212", "-");
  if (UNCLEAR.test(typed)) {
    const [point, whole] = [typed.replace(",", "."), typed.replace(",", "")];
    throw new Error(`${typed} may mean ${point} or ${whole}. Type one of these.`);
  }
  const value = PLAIN.test(typed) ? Number(typed) : COMMA.test(typed) ? Number(typed.replace(",", ".")) : NaN;
  if (Number.isFinite(value)) return value;
  if (/^[+-]?[\d., \u00a0'\u2019]+$/.test(typed) && /\d/.test(typed)) {
    throw new Error(`${typed} is not clear. Type the number without separators of thousands.`);
  }
  throw new Error(typed ? `${typed} is not a number.` : "Type a number.");
}

/** The number one step from another, without digits of rounding errors. */
export function stepFrom(value: number, direction: 1 | -1, step: number): number {
  // Without a step, a field moves by a tenth of the place of the first digit.
  const size = step || 10 ** (Math.floor(Math.log10(Math.abs(value) || 1)) - 1);
  const decimals = Math.min(100, Math.max(0, 2 - Math.floor(Math.log10(size))));
  return Number((value + direction * size).toFixed(decimals));
}
