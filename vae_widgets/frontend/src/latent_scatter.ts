/** The codes of samples as points: hover, pick, lasso (widgets/latent_scatter.py). */

import type { AnyModel } from "@anywidget/types";
import "./latent_scatter.css";
import { readArray, writeArray, type WireArray } from "./arrays.ts";
import { Asking, type Sender } from "./asking.ts";
import type { Point } from "./gestures.ts";
import { combine, insideBox, insidePolygon, nearest } from "./lasso.ts";
import { categoryColour, channels, quantityColour } from "./palette.ts";
import { SampleTiles, type TileAnswer } from "./sample_tiles.ts";
import { onScatterGestures, type How, type Mode } from "./scatter_gestures.ts";
import { Legend, type Quantity } from "./scatter_legend.ts";
import { PickedView, Tooltip, type Shown } from "./scatter_pictures.ts";
import { ScatterPlot, type Grid } from "./scatter_plot.ts";
import { button, createShell, element } from "./shell.ts";
import { Tiles, type WireAtlas } from "./tiles.ts";
import { formatNumber, type Bounds } from "./viewport.ts";

type Edges = [number, number, number, number];

interface PickQuestion {
  at: [number, number];
  /** Index of the sample meant, -1 for an empty place. */
  point: number;
}

interface GridQuestion {
  bounds: Edges;
  columns: number;
  rows: number;
}

interface PickAnswer extends Sender {
  point: number;
  tiles: WireAtlas;
  error: string;
}

interface GridAnswer extends GridQuestion, Partial<Sender> {
  tiles: WireAtlas;
  error?: string;
}

interface State {
  selection: WireArray;
  hovered: number;
  picked: WireArray;
  color_by: string;
  quantities: Record<string, WireArray>;
  dims: number[];
  view: Edges;
  _latent_dim: number;
  _positions: WireArray;
  _home: Edges;
  _classes: WireArray;
  _class_names: string[];
  _tiles: WireAtlas | Record<string, never>;
  _hidden: number[];
  _mode: Mode;
  _grid_shown: boolean;
  _ask_pick: PickQuestion & Sender;
  _pick: Partial<PickAnswer>;
  _ask_grid: GridQuestion & Sender;
  _grid: GridAnswer;
  _ask_tile: { index: number } & Sender;
  _tile: Partial<TileAnswer>;
}

const MODES: [Mode, string, string][] = [
  ["pick", "Pick", "Click or drag to decode places. Keys: arrows move the crosshair, Enter picks"],
  ["pan", "Pan", "Drag to move the plane. Keys: arrows at the edge, + and \u2212 zoom"],
  ["lasso", "Lasso", "Draw around points to select them; Ctrl adds, Alt removes"],
  ["box", "Box", "Drag a box around points to select them; Ctrl adds, Alt removes"],
];
const HINTS: Record<Mode, string> = {
  pick: "Click or drag: decode. Shift-drag: lasso. Wheel: zoom after a click, or with Ctrl.",
  pan: "Drag: move. Click: decode. Wheel: zoom after a click, or with Ctrl. R: reset.",
  lasso: "Draw around points to select them. Ctrl adds, Alt removes, Esc clears. Click: decode.",
  box: "Drag a box to select points. Ctrl adds, Alt removes, Esc clears. Click: decode.",
};
const LATE =
  "No answer from the kernel for 5 s: is it busy or gone? The picture was decoded beforehand.";
// How long the view must rest before the kernel decodes a grid for it, and how often the kernel
// hears of a moving pointer.
const SETTLED = 300;
const HOVER_PAUSE = 100;
// Side of a decoded picture on the plane, in pixels.
const GRID_CELL = 28;

function render({ model, el }: { model: AnyModel<State>; el: HTMLElement }) {
  const shell = createShell(el, "Latent space");
  shell.root.classList.add("vw-scatter");
  const facts = element("span", "vw-scatter-facts");
  shell.title.append(facts);
  const frame = element("div", "vw-scatter-plot");
  const side = element("div", "vw-scatter-side");
  shell.picture.append(frame, side);

  let positions = readArray(model.get("_positions"));
  let grid: Grid | null = null;
  let exact: { tiles: Tiles; point: number } | null = null;
  let pending: { place: Point; point: number } | null = null;
  let alive = true;

  const plot = new ScatterPlot(frame, {
    positions,
    levels: new Int16Array(positions.length / 2),
    colours: new Uint8Array(3),
    selection: new Uint32Array(0),
    grid: null,
    names: ["", ""],
    bounds: toBounds(model.get("view")),
  });
  const { canvas } = plot;
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute(
    "aria-label",
    "Latent space. Arrows move a crosshair, Enter decodes there, Space selects the point there, " +
      "plus and minus zoom, R resets the view, Escape clears the selection.",
  );
  const tooltip = new Tooltip();
  frame.append(tooltip.root);
  const picked = new PickedView();
  const legend = new Legend((hidden) => change({ _hidden: hidden }));
  side.append(picked.root, legend.root);

  function change(values: Partial<State>): void {
    for (const [name, value] of Object.entries(values)) model.set(name as keyof State, value);
    model.save_changes();
  }

  // -- questions to the kernel -------------------------------------------------------------------

  const late = () => shell.say(LATE);
  const pickAsking = new Asking<PickQuestion>((q) => change({ _ask_pick: q }), late);
  const gridAsking = new Asking<GridQuestion>((q) => change({ _ask_grid: q }), late);
  const samples = new SampleTiles(
    (q) => change({ _ask_tile: q }),
    () => {
      showPicked();
      showHovered();
    },
  );

  // -- what is shown -----------------------------------------------------------------------------

  const className = (index: number) => {
    const classes = readArray<Uint32Array>(model.get("_classes"));
    return classes.length ? model.get("_class_names")[classes[index]] : "";
  };
  const dimNames = () => model.get("dims").map((dim) => `z[${dim}]`);

  const showColours = () => {
    const n = positions.length / 2;
    const names = model.get("_class_names");
    const classes = readArray<Uint32Array>(model.get("_classes"));
    const by = model.get("color_by");
    const hidden = model.get("_hidden");
    const wire = model.get("quantities")[by];
    const levels = new Int16Array(n);
    let palette = [categoryColour(0)];
    let quantity: Quantity | null = null;
    if (wire) {
      const values = readArray(wire);
      const low = values.reduce((a, b) => Math.min(a, b), Infinity);
      const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
      quantity = { name: by, low, high };
      palette = Array.from({ length: 256 }, (_, i) => quantityColour(i / 255));
      const scale = high > low ? 255 / (high - low) : 0;
      for (let i = 0; i < n; i++) levels[i] = Math.round((values[i] - low) * scale);
    } else if (by === "label" && classes.length) {
      palette = names.map((_, i) => categoryColour(i));
      levels.set(classes);
    }
    const counts = names.map(() => 0);
    for (const index of classes) counts[index]++;
    if (hidden.length) {
      const off = names.map((_, i) => hidden.includes(i));
      for (let i = 0; i < classes.length; i++) if (off[classes[i]]) levels[i] = -1;
    }
    legend.show({ names, counts, hidden, quantity, coloured: by === "label" });
    plot.show({ levels, colours: Uint8Array.from(palette.flatMap(channels)) });
    visible = (index) => levels[index] >= 0;
    showHovered();
  };
  let visible = (_index: number) => true;

  const showSelection = () => {
    const selection = readArray<Uint32Array>(model.get("selection"));
    plot.show({ selection });
    const n = positions.length / 2;
    const some = selection.length ? `, ${selection.length.toLocaleString("en")} selected` : "";
    facts.textContent = `${n.toLocaleString("en")} samples${some}`;
    clearButton.disabled = !selection.length;
  };

  const showView = () => {
    plot.show({ bounds: toBounds(model.get("view")) });
    showHovered();
    clearTimeout(settle);
    settle = setTimeout(askGrid, SETTLED);
  };
  let settle: ReturnType<typeof setTimeout> | undefined;

  const showPlane = () => {
    positions = readArray(model.get("_positions"));
    const [nameX, nameY = ""] = dimNames();
    plot.show({ positions, names: [nameX, nameY] });
    selects.forEach((select, i) => (select.value = String(model.get("dims")[i])));
    showHovered();
    showPicked();
  };

  const showHovered = () => {
    const index = model.get("hovered");
    plot.mark({ hovered: index });
    if (index < 0 || index >= positions.length / 2 || !visible(index)) return tooltip.hide();
    const at = plot.viewport.toScreen(positions[2 * index], positions[2 * index + 1]);
    if (!plot.viewport.contains(at)) return tooltip.hide();
    const lines = [`#${index}`, className(index)];
    for (const [name, wire] of Object.entries(model.get("quantities"))) {
      lines.push(`${name} ${formatNumber(readArray(wire)[index], 1)}`);
    }
    tooltip.show(samples.find(index), lines, at, frame.clientWidth, frame.clientHeight);
  };

  /** The answer of the page while the kernel's is on its way. */
  const preview = (place: Point): Shown | null => {
    if (grid) {
      const { bounds, columns, rows, tiles } = grid;
      const column = Math.floor(((place.x - bounds.x0) / (bounds.x1 - bounds.x0)) * columns);
      const row = Math.floor(((bounds.y1 - place.y) / (bounds.y1 - bounds.y0)) * rows);
      if (column >= 0 && column < columns && row >= 0 && row < rows) {
        return { tiles, index: row * columns + column };
      }
    }
    return samples.find(nearestTo(place));
  };
  const nearestTo = (place: Point, reach = Infinity) => {
    const { scaleX, scaleY } = plot.viewport;
    // A jitter is no distance.
    const y = model.get("_latent_dim") === 1 && reach === Infinity ? 0 : scaleY;
    return nearest(positions, place, scaleX, y, reach, visible);
  };

  const showPicked = () => {
    const code = readArray(model.get("picked"));
    const [dimX, dimY] = model.get("dims");
    const flat = model.get("_latent_dim") === 1;
    if (!pending && !code.length) {
      plot.mark({ picked: null });
      const place = "Click the plane to decode it.";
      picked.show({ decoded: null, decodedCaption: "decoded", sample: null, sampleCaption: "sample", place });
      return;
    }
    const point = pending ? pending.point : (exact?.point ?? -1);
    const place = pending?.place ?? { x: code[dimX], y: flat ? 0 : code[dimY] };
    const marked = flat && point >= 0 ? positions[2 * point + 1] : place.y;
    plot.mark({ picked: { x: place.x, y: flat && point < 0 ? null : marked } });
    const sample = point >= 0 ? point : nearestTo(place);
    const both = !pending && exact && exact.tiles.count > 1 ? { tiles: exact.tiles, index: 1 } : null;
    const span = plot.viewport.bounds;
    const names = dimNames();
    const texts = [`${names[0]} = ${formatNumber(place.x, span.x1 - span.x0)}`];
    if (!flat) texts.push(`${names[1]} = ${formatNumber(place.y, span.y1 - span.y0)}`);
    const exactly = exact && { tiles: exact.tiles, index: 0 };
    picked.show({
      decoded: pending ? preview(place) : exactly,
      decodedCaption: pending ? "preview" : point >= 0 ? "reconstruction" : "decoded",
      sample: both ?? (sample >= 0 ? samples.find(sample) : null),
      sampleCaption:
        sample < 0
          ? "no sample"
          : [`${point >= 0 ? "sample" : "nearest"} #${sample}`, className(sample)]
              .filter(Boolean)
              .join(" \u00b7 "),
      place: texts.join(", "),
    });
  };

  // -- answers of the kernel ---------------------------------------------------------------------

  const takePick = async () => {
    const answer = model.get("_pick");
    if (!pickAsking.answered(answer)) return;
    const tiles = answer.tiles && !answer.error ? await Tiles.load(answer.tiles) : null;
    if (!alive || model.get("_pick") !== answer || pickAsking.busy) return tiles?.close();
    exact?.tiles.close();
    exact = tiles && { tiles, point: answer.point ?? -1 };
    pending = null;
    showPicked();
    if (answer.error) shell.say(`Decoding failed. ${answer.error}`);
    else if (answer.page === pickAsking.page) {
      shell.say(
        exact && exact.point >= 0
          ? `Sample #${exact.point} beside its reconstruction.`
          : "Decoded by the kernel, beside the nearest sample.",
      );
    }
  };

  const takeGrid = async () => {
    const answer = model.get("_grid");
    gridAsking.answered(answer);
    if (answer.error) return shell.say(`Decoding the plane failed. ${answer.error}`);
    const tiles = await Tiles.load(answer.tiles);
    if (!alive || model.get("_grid") !== answer) return tiles.close();
    grid?.tiles.close();
    grid = { bounds: toBounds(answer.bounds), columns: answer.columns, rows: answer.rows, tiles };
    plot.show({ grid: model.get("_grid_shown") ? grid : null });
    if (pending) showPicked();
  };

  /** Have the visible part of the plane decoded, unless what is here will do. */
  const askGrid = () => {
    const { bounds: have } = grid ?? {};
    const want = plot.viewport.bounds;
    const edges: Edges = [want.x0, want.x1, want.y0, want.y1];
    const covered =
      have && have.x0 <= want.x0 && have.x1 >= want.x1 && have.y0 <= want.y0 && have.y1 >= want.y1;
    const same = have && toEdges(have).every((edge, i) => edge === edges[i]);
    if (model.get("_grid_shown") ? same : covered) return;
    const { width, height } = plot.viewport.box;
    gridAsking.ask({
      bounds: edges,
      columns: Math.max(1, Math.round(width / GRID_CELL)),
      rows: Math.max(1, Math.round(height / GRID_CELL)),
    });
  };

  const takeTile = async () => {
    const answer = model.get("_tile") as TileAnswer;
    const error = await samples.arrived(answer);
    if (error) shell.say(`Drawing sample #${answer.index} failed. ${error}`);
  };

  // -- gestures ----------------------------------------------------------------------------------

  let hoverTimer: ReturnType<typeof setTimeout> | undefined;
  const hover = (index: number) => {
    if (index === model.get("hovered")) return;
    model.set("hovered", index);
    hoverTimer ??= setTimeout(() => {
      hoverTimer = undefined;
      model.save_changes();
    }, HOVER_PAUSE);
  };
  const pointAt = (at: Point) =>
    plot.viewport.contains(at) ? nearestTo(plot.viewport.toPlane(at), plot.radius + 5) : -1;
  const select = (found: Uint32Array, how: How) => {
    const selection = combine(readArray<Uint32Array>(model.get("selection")), found, how);
    change({ selection: writeArray(selection) });
    shell.say(`${selection.length.toLocaleString("en")} samples selected. Esc clears.`);
  };
  const home = () => change({ view: model.get("_home") });
  const clear = () => {
    change({ selection: writeArray(new Uint32Array(0)) });
    shell.say("Selection cleared.");
  };

  const stopGestures = onScatterGestures(canvas, {
    mode: () => model.get("_mode"),
    viewport: () => plot.viewport,
    hover: (at) => hover(at ? pointAt(at) : -1),
    pick(at, snap) {
      const { left, top, width, height } = plot.viewport.box;
      const inside = {
        x: Math.min(left + width, Math.max(left, at.x)),
        y: Math.min(top + height, Math.max(top, at.y)),
      };
      const point = snap ? pointAt(inside) : -1;
      const place =
        point >= 0
          ? { x: positions[2 * point], y: positions[2 * point + 1] }
          : plot.viewport.toPlane(inside);
      pending = { place, point };
      pickAsking.ask({ at: [place.x, place.y], point });
      showPicked();
    },
    look: (bounds) => change({ view: toEdges(bounds) }),
    home,
    sketch: (shape) => plot.mark({ shape }),
    select(shape, how) {
      const polygon = shape.map((at) => plot.viewport.toPlane(at));
      const found =
        model.get("_mode") === "box" && shape.length === 4
          ? insideBox(positions, polygon[0], polygon[2], visible)
          : insidePolygon(positions, polygon, visible);
      select(found, how);
    },
    clear,
    toggle(at) {
      const index = pointAt(at);
      if (index < 0) return shell.say("No point under the crosshair.");
      const selected = readArray<Uint32Array>(model.get("selection")).includes(index);
      select(Uint32Array.of(index), selected ? "remove" : "add");
    },
    cursor: (at) => plot.mark({ cursor: at }),
    wheelIgnored: () => shell.say("To zoom, click the plot first or hold Ctrl."),
  });

  // -- controls ----------------------------------------------------------------------------------

  const modes = MODES.map(([mode, text, hint]) =>
    button(text, hint, () => {
      change({ _mode: mode });
      shell.say(HINTS[mode]);
    }),
  );
  const modeGroup = element("div", "vw-group");
  modeGroup.setAttribute("role", "group");
  modeGroup.setAttribute("aria-label", "What a drag does");
  modeGroup.append(...modes);
  const gridButton = button("Grid", "Show the decoded plane behind the points", () =>
    change({ _grid_shown: !model.get("_grid_shown") }),
  );
  const homeButton = button("Reset view", "Show all points (R or 0, or double-click)", home);
  const clearButton = button("Clear", "Clear the selection (Esc)", clear);
  const colour = element("select", "vw-input");
  colour.addEventListener("change", () => change({ color_by: colour.value }));
  const selects = model.get("_latent_dim") > 2 ? [0, 1].map((axis) => dimSelect(axis)) : [];
  shell.controls.append(
    modeGroup,
    gridButton,
    homeButton,
    clearButton,
    labelled("Colour", colour),
    ...selects.map((select, axis) => labelled(axis ? "y" : "x", select)),
  );

  function dimSelect(axis: number): HTMLSelectElement {
    const select = element("select", "vw-input");
    for (let dim = 0; dim < model.get("_latent_dim"); dim++) {
      select.append(new Option(`z[${dim}]`, String(dim)));
    }
    select.addEventListener("change", () => {
      const dims = [...model.get("dims")];
      const chosen = Number(select.value);
      // Choosing the other axis' dimension swaps the two.
      if (dims[1 - axis] === chosen) dims[1 - axis] = dims[axis];
      dims[axis] = chosen;
      change({ dims });
    });
    return select;
  }

  const showControls = () => {
    modes.forEach((made, i) =>
      made.setAttribute("aria-pressed", String(MODES[i][0] === model.get("_mode"))),
    );
    canvas.dataset.mode = model.get("_mode");
    gridButton.setAttribute("aria-pressed", String(model.get("_grid_shown")));
    const choices = [
      ...(model.get("_class_names").length ? ["label"] : []),
      "none",
      ...Object.keys(model.get("quantities")),
    ];
    colour.replaceChildren(...choices.map((name) => new Option(name, name)));
    const by = model.get("color_by");
    colour.value = choices.includes(by) ? by : "none";
  };
  const showGrid = () => {
    showControls();
    plot.show({ grid: model.get("_grid_shown") ? grid : null });
    askGrid();
  };

  // -- start and end -----------------------------------------------------------------------------

  const reactions: [keyof State, () => void][] = [
    ["selection", showSelection],
    ["hovered", showHovered],
    ["view", showView],
    ["color_by", showColours],
    ["color_by", showControls],
    ["quantities", showColours],
    ["quantities", showControls],
    ["_hidden", showColours],
    ["_mode", showControls],
    ["_grid_shown", showGrid],
    ["_positions", showPlane],
    ["picked", showPicked],
    ["_pick", takePick],
    ["_grid", takeGrid],
    ["_tile", takeTile],
  ];
  for (const [name, react] of reactions) model.on(`change:${name}`, react);
  showControls();
  showColours();
  showSelection();
  showPlane();
  showView();
  void samples.load(model.get("_tiles"));
  void takeGrid();
  void takePick();
  shell.say(HINTS[model.get("_mode")]);

  return () => {
    alive = false;
    for (const [name, react] of reactions) model.off(`change:${name}`, react);
    clearTimeout(settle);
    clearTimeout(hoverTimer);
    pickAsking.stop();
    gridAsking.stop();
    stopGestures();
    samples.close();
    grid?.tiles.close();
    exact?.tiles.close();
    plot.destroy();
    shell.root.remove();
  };
}

function labelled(text: string, control: HTMLElement): HTMLLabelElement {
  const label = element("label", "vw-scatter-label");
  label.append(text, control);
  return label;
}

function toBounds([x0, x1, y0, y1]: Edges): Bounds {
  return { x0, x1, y0, y1 };
}

function toEdges({ x0, x1, y0, y1 }: Bounds): Edges {
  return [x0, x1, y0, y1];
}

export default { render };
