/** Numbers as text, with a sensible number of digits and a real minus sign. */

/** A number with decimals down to about a hundredth of `span`, or of itself where that is 0. */
export function formatNumber(value: number, span: number): string {
  return precise([value], (span || Math.abs(value) || 1) / 100, span)[0];
}

/** Labels of ticks, all with the number of decimals that their step needs. */
export function formatTicks(values: number[]): string[] {
  return values.length > 1 ? precise(values, values[1] - values[0]) : values.map((value) => plain(value));
}

/** Numbers with decimals down to the first digit of `step`: with an exponent where that is shorter. */
function precise(values: number[], step: number, least = 0): string[] {
  const size = Math.max(least, ...values.map(Math.abs));
  const decimals = -Math.floor(Math.log10(step) + 1e-9);
  const plainTexts = values.map((value) => fixed(value, Math.min(100, Math.max(0, decimals))));
  if (!size || (size >= 1e-3 && size < 1e5)) return plainTexts;
  const texts = values.map((value) => {
    const digits = Math.floor(Math.log10(Math.abs(value))) + decimals;
    return value ? minus(value.toExponential(Math.min(16, Math.max(0, digits))).replace("e+", "e")) : "0";
  });
  const longest = (of: string[]) => Math.max(...of.map(({ length }) => length));
  return longest(texts) < longest(plainTexts) ? texts : plainTexts;
}

/**
 * Numbers with the same number of decimals, so that the largest has four digits. There are more where
 * the different ones of `apart` need them to look different.
 */
export function alike(values: number[], apart: number[] = []): string[] {
  const size = Math.max(...values.map(Math.abs));
  const withExponent = size !== 0 && (size >= 1e6 || size < 1e-3);
  const texts = (of: number[], decimals: number) =>
    of.map((value) => (withExponent ? minus(value.toExponential(decimals)) : fixed(value, decimals)));
  let decimals = withExponent ? 1 : size ? Math.max(0, 3 - Math.floor(Math.log10(size))) : 0;
  const different = [...new Set(apart)];
  while (decimals < 20 && new Set(texts(different, decimals)).size < different.length) decimals++;
  return texts(values, decimals);
}

/** Never "-0.00". */
function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return minus(Number(text) === 0 ? text.replace("-", "") : text);
}

export function minus(text: string): string {
  return text.replaceAll("-", "\u2212");
}

/** Number of digits that distinguishes values `step` apart, up to `largest`. */
export function digitsFor(largest: number, step: number): number {
  if (!(step > 0) || !(largest > 0)) return 6;
  return Math.min(17, Math.max(6, Math.ceil(Math.log10(largest / step)) + 1));
}

/** The fewest digits, from `least` on, with which the different ones of some numbers look different. */
export function digitsApart(values: number[], least: number): number {
  const different = [...new Set(values)];
  const fits = (digits: number) => new Set(different.map((value) => asTyped(value, digits))).size === different.length;
  let digits = least;
  while (digits < 17 && !fits(digits)) digits++;
  return digits;
}

/** A number without digits of rounding errors: 0.1 + 0.2 is "0.3". */
export function asTyped(value: number, digits = 6): string {
  const rounded = Number(value.toPrecision(digits));
  return Math.abs(rounded) < 1e12 ? String(rounded) : rounded.toExponential();
}

/** The same with a real minus sign, for display. */
export function plain(value: number, digits = 6): string {
  return minus(asTyped(value, digits));
}

/** A number with four digits, or with all that are before the point. */
export function fourDigits(value: number): string {
  return plain(value, Math.max(4, Math.round(Math.abs(value)).toFixed().length));
}

const WHOLE = new Intl.NumberFormat("en-US");
const SHORT = new Intl.NumberFormat("en-US", { notation: "compact" });

export function whole(count: number): string {
  return WHOLE.format(count);
}

/** "1 sample" or "2,000 samples". */
export function counted(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A count for an axis: "2,500", or "25K" from 10,000 on. */
export function short(count: number): string {
  return (count < 10_000 ? WHOLE : SHORT).format(count);
}

/** A fraction in [0, 1] as "0.842"; "–" where it is undefined. */
export function share(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : "–";
}

/** A part of a whole in percent, with one to four digits: "4.9", "0.02", "0". */
export function percent(part: number, of: number): string {
  const value = (100 * part) / of;
  return String(Number(value.toPrecision(value < 1 ? 1 : value < 99.5 ? 2 : 4)));
}
