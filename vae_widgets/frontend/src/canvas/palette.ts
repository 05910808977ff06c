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

// More classes than ten have the ten colours again: darker, then lighter, each time with another mark.
const SHADES = [0, -0.35, 0.35];

/** Shapes of points. Colours and marks together repeat after 150 classes. */
export const MARKS = ["disc", "square", "triangle", "diamond", "cross"] as const;
export const DISTINCT = CATEGORIES.length * SHADES.length * MARKS.length;

export function categoryColour(index: number): string {
  const colour = CATEGORIES[index % CATEGORIES.length];
  const shade = SHADES[Math.floor(index / CATEGORIES.length) % SHADES.length];
  const end = shade < 0 ? 0 : 255;
  return shade ? rgb(channels(colour).map((c) => c + Math.abs(shade) * (end - c))) : colour;
}

/** Index into `MARKS`. */
export function categoryMark(index: number): number {
  return Math.floor(index / CATEGORIES.length) % MARKS.length;
}

/** Colour of a label: 0 (normal) blue, 1 (anomalous) orange, 2 (no label) grey. */
export function labelColour(index: number): string {
  return categoryColour([0, 6, 3][index]);
}

/** Colour of unknown values: closer to the background than any category. */
export function unknownColour(dark: boolean): string {
  return dark ? "#5a5a5a" : "#c6c6c6";
}

// Viridis (S. van der Walt and N. Smith, 2015) at 18 equal steps. What lies between is within 5 of 255 levels.
const VIRIDIS = (
  "440154 481769 472a7a 433d84 3d4e8a 355e8d 2e6d8e 297b8e 23898e 1f978b 21a585 2eb37c 46c06f 65cb5e 89d548 " +
  "b0dd2f d8e219 fde725"
)
  .split(" ")
  .map((hex) => channels(`#${hex}`));

/** Viridis colour of t in [0, 1]. */
export function quantityColour(t: number): string {
  const at = Math.min(1, Math.max(0, t)) * (VIRIDIS.length - 1);
  const i = Math.min(VIRIDIS.length - 2, Math.floor(at));
  return rgb(VIRIDIS[i].map((c, k) => c + (at - i) * (VIRIDIS[i + 1][k] - c)));
}

function rgb(levels: number[]): string {
  return `rgb(${levels.map(Math.round).join(",")})`;
}

/** Red, green and blue, 0 to 255, of "#rrggbb" or "rgb(r,g,b)". */
export function channels(colour: string): [number, number, number] {
  const parts = colour.startsWith("#")
    ? colour.slice(1).match(/../g)!.map((hex) => parseInt(hex, 16))
    : colour.match(/\d+/g)!.map(Number);
  return [parts[0], parts[1], parts[2]];
}

/** Default opacity of points, as in widgets/latent_scatter/still_picture.py. */
export const OPACITY = 0.85;
