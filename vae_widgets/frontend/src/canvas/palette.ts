/** Colours of data. The colours of the interface are JupyterLab's (canvas/theme.ts). */

/** Petroff's ten-colour cycle, arXiv:2107.02270, made for colour-blind eyes. */
export const CATEGORIES = [
  "#3f90da",
  "#ffa90e",
  "#bd1f01",
  "#94a4a2",
  "#832db6",
  "#a96b59",
  "#e76300",
  "#b9ac70",
  "#717581",
  "#92dadd",
];

export function categoryColour(index: number): string {
  return CATEGORIES[((index % CATEGORIES.length) + CATEGORIES.length) % CATEGORIES.length];
}

/** Colour of a label: 0 (normal) blue, 1 (anomalous) orange, 2 (no label) grey. */
export function labelColour(index: number): string {
  return categoryColour([0, 6, 3][index]);
}

/** Colour of unknown values: closer to the background than any category. */
export function unknownColour(dark: boolean): string {
  return dark ? "#5a5a5a" : "#c6c6c6";
}

// Viridis at nine equal steps. Linear interpolation is within 6 levels of 8-bit red and green, 18 of blue.
const VIRIDIS = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
];

/** Viridis colour of t in [0, 1]. */
export function quantityColour(t: number): string {
  const at = Math.min(1, Math.max(0, t)) * (VIRIDIS.length - 1);
  const i = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const mix = VIRIDIS[i].map((c, k) => Math.round(c + (at - i) * (VIRIDIS[i + 1][k] - c)));
  return `rgb(${mix.join(",")})`;
}

/** Red, green and blue, 0 to 255, of "#rrggbb" or "rgb(r,g,b)". */
export function channels(colour: string): [number, number, number] {
  const parts = colour.startsWith("#")
    ? colour.slice(1).match(/../g)!.map((hex) => parseInt(hex, 16))
    : colour.match(/\d+/g)!.map(Number);
  return [parts[0], parts[1], parts[2]];
}
