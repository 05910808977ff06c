/** Numbers of an axis as text, in the formats of d3-format that Python asks for. */

import { minus } from "./numbers.ts";

const PREFIXES = ["y", "z", "a", "f", "p", "n", "\u00b5", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y"];
const FORMAT = /^(?:\.(\d+))?~([gs])$/;

/**
 * A number in the format "~g" (significant digits) or "~s" (an SI prefix), both without trailing zeros, perhaps with
 * a number of digits before: ".4~g".
 */
export function tickText(value: number, format: string): string {
  const [, digits, type] = FORMAT.exec(format) ?? [];
  if (!type) throw new TypeError(`unknown format of numbers ${format}`);
  const precision = digits ? Number(digits) : 6;
  if (type === "g" || value === 0) return trimmed(value.toPrecision(precision));
  const power = Number(value.toExponential(precision - 1).split("e")[1]);
  const prefix = Math.max(-8, Math.min(8, Math.floor(power / 3)));
  return trimmed((value / 10 ** (3 * prefix)).toPrecision(precision)) + PREFIXES[8 + prefix];
}

function trimmed(text: string): string {
  return minus(text.replace(/(\.\d*?)0+(e|$)/, "$1$2").replace(/\.(e|$)/, "$1"));
}
