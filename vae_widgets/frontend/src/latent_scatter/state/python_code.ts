/** Python code that shows the current view of a scatter again. */

export interface ScatterSettings {
  projection: string;
  dims: number[];
  sliceAt: Float32Array;
  view: number[];
  colourBy: string;
  threshold: number | null;
  selection: Uint32Array;
  picked: Float32Array;
  bookmarks: Record<string, Float32Array>;
  groups: [Uint32Array, Uint32Array];
  mode: string;
  grid: boolean;
  prior: boolean;
  density: boolean;
  pointSize: number | null;
  opacity: number | null;
  hiddenClasses: string[];
  hiddenSides: string[];
}

/** Assignments to the traits of `name`, with exact numbers. */
export function pythonOf(shown: ScatterSettings, name = "scatter"): string {
  const lines = [
    `projection = ${JSON.stringify(shown.projection)}`,
    `dims = ${tuple(shown.dims)}`,
    `slice_at = ${vector(shown.sliceAt)}`,
    `view = ${tuple(shown.view)}`,
    `color_by = ${JSON.stringify(shown.colourBy)}`,
    `threshold = ${shown.threshold ?? "None"}`,
    `selection = ${indices(shown.selection)}`,
    `picked = ${vector(shown.picked)}`,
    `group_a = ${indices(shown.groups[0])}`,
    `group_b = ${indices(shown.groups[1])}`,
    `mode = ${JSON.stringify(shown.mode)}`,
    `grid = ${bool(shown.grid)}`,
    `prior = ${bool(shown.prior)}`,
    `density = ${bool(shown.density)}`,
    `point_size = ${shown.pointSize ?? "None"}`,
    `opacity = ${shown.opacity ?? "None"}`,
    `hidden_classes = ${JSON.stringify(shown.hiddenClasses)}`,
    `hidden_sides = ${JSON.stringify(shown.hiddenSides)}`,
    `bookmarks = {${Object.entries(shown.bookmarks)
      .map(([key, z]) => `${JSON.stringify(key)}: ${vector(z)}`)
      .join(", ")}}`,
  ];
  return lines.map((line) => `${name}.${line}\n`).join("");
}

function bool(value: boolean): string {
  return value ? "True" : "False";
}

function indices(values: Uint32Array): string {
  return `[${values.join(", ")}]`;
}

function tuple(values: number[]): string {
  return `(${values.join(", ")}${values.length === 1 ? "," : ""})`;
}

/** Nine digits are enough for any float32 number. */
function vector(values: Float32Array): string {
  return `[${Array.from(values, (value) => Number(value.toPrecision(9))).join(", ")}]`;
}
