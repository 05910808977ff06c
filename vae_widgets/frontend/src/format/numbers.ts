/** Numbers as text: as many digits as the picture can tell apart, and a real minus sign. */

/** A number with decimals down to a hundredth (or so) of `span`. */
export function formatNumber(value: number, span: number): string {
  const size = Math.max(Math.abs(value), span);
  if (size >= 1e5 || (span > 0 && span < 1e-4)) return minus(value.toPrecision(3));
  const decimals = span > 0 ? Math.max(0, 2 - Math.floor(Math.log10(span))) : 2;
  return fixed(value, Math.min(6, decimals));
}

/** Labels of ticks, all with the decimals that their step needs. */
export function formatTicks(values: number[]): string[] {
  const step = values.length > 1 ? values[1] - values[0] : 1;
  const size = Math.max(...values.map(Math.abs));
  if (size >= 1e5 || step < 1e-4) return values.map((value) => minus(value.toPrecision(3)));
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return values.map((value) => fixed(value, decimals));
}

/** Numbers side by side, all with the decimals that give the largest four digits. */
export function alike(values: number[]): string[] {
  const size = Math.max(...values.map(Math.abs));
  if (size && (size >= 1e6 || size < 1e-3)) return values.map((value) => minus(value.toExponential(1)));
  const decimals = size ? 3 - Math.floor(Math.log10(size)) : 0;
  return values.map((value) => fixed(value, Math.max(0, decimals)));
}

/** Never "-0.00". */
function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return minus(Number(text) === 0 ? text.replace("-", "") : text);
}

export function minus(text: string): string {
  return text.replaceAll("-", "\u2212");
}
