/** Colours of data. The colours of the interface are JupyterLab's (canvas/theme.ts). */

import { pageSetting } from "../kernel/page_settings.ts";

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
// Not much darker: dark red and violet can be seen on a dark page.
const SHADES = [0, -0.2, 0.35];

/** Shapes of points. Colours and marks together repeat after 150 classes. */
export const MARKS = ["disc", "square", "triangle", "diamond", "cross"] as const;
export const DISTINCT = CATEGORIES.length * SHADES.length * MARKS.length;

const TEN_COLOURS = /^#[\da-f]{6}( #[\da-f]{6}){9}$/i;
let read = "";
let classColours: readonly string[] = CATEGORIES;

/** The colours of classes: those that the user has set for the page, or Petroff's. */
function categories(): readonly string[] {
  const set = pageSetting("classColours");
  if (set !== read) {
    read = set;
    classColours = TEN_COLOURS.test(set) ? set.split(" ") : CATEGORIES;
  }
  return classColours;
}

export function categoryColour(index: number): string {
  return shaded(categories()[index % CATEGORIES.length], index);
}

function shaded(colour: string, index: number): string {
  const shade = SHADES[Math.floor(index / CATEGORIES.length) % SHADES.length];
  const end = shade < 0 ? 0 : 255;
  return shade ? rgb(channels(colour).map((c) => c + Math.abs(shade) * (end - c))) : colour;
}

/** Index into `MARKS`. */
export function categoryMark(index: number): number {
  return Math.floor(index / CATEGORIES.length) % MARKS.length;
}

/** Colour of a label: 0 (normal) blue, 1 (anomalous) orange, 2 (no label) grey, in every page. */
export function labelColour(index: number): string {
  return CATEGORIES[[0, 6, 3][index]];
}

/** Colour of unknown values: closer to the background than any category. */
export function unknownColour(dark: boolean): string {
  return dark ? "#5a5a5a" : "#c6c6c6";
}

// Viridis (S. van der Walt and N. Smith, 2015) and cividis (Nuñez, Anderton and Renslow,
// doi:10.1371/journal.pone.0199239) at 18 equal steps. What lies between is within 5 and 11 of 255 levels.
const VIRIDIS = steps(
  "440154 481769 472a7a 433d84 3d4e8a 355e8d 2e6d8e 297b8e 23898e 1f978b 21a585 2eb37c 46c06f 65cb5e 89d548 " +
    "b0dd2f d8e219 fde725",
);
const CIVIDIS = steps(
  "00224e 002d68 163770 2e416d 3f4c6c 4e566c 5c616e 696b71 767676 838179 928c78 a09875 afa471 bfb06b cfbd62 " +
    "dfca57 f0d846 fee838",
);

function steps(colours: string): [number, number, number][] {
  return colours.split(" ").map((hex) => channels(`#${hex}`));
}

/** Colour of t in [0, 1]: viridis, or cividis where the user has set that for the page. */
export function quantityColour(t: number): string {
  const ramp = pageSetting("quantityColours") === "cividis" ? CIVIDIS : VIRIDIS;
  const at = Math.min(1, Math.max(0, t)) * (ramp.length - 1);
  const i = Math.min(ramp.length - 2, Math.floor(at));
  return rgb(ramp[i].map((c, k) => c + (at - i) * (ramp[i + 1][k] - c)));
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
