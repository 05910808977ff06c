/** The codes of samples as points: hover, pick, lasso (widgets/latent_scatter/widget.py). */

import "./widget.css";
import { LATE } from "../kernel/latest_request.ts";
import { checkRows, readArray, writeArray, type WireArray } from "../kernel/arrays.ts";
import { DecodedPlane } from "./decode/plane.ts";
import { onKey } from "../controls/gestures.ts";
import type { Point } from "../canvas/geometry.ts";
import type { DensityState } from "./state/protocol.ts";
import { toBounds, toEdges } from "../canvas/viewport.ts";
import { whole } from "../format/numbers.ts";
import { SoundPlayer } from "../controls/sound_player.ts";
import { KeptState } from "../storage/kept_state.ts";
import { combine, insidePolygon, nearest } from "./gestures/lasso.ts";
import { Picking } from "./decode/picked_point.ts";
import { Density } from "./plot/density.ts";
import { onScatterGestures, type How } from "./gestures/gestures.ts";
import { Hover } from "./panels/hover.ts";
import { Painting } from "./panels/legend.ts";
import { Panels } from "./panels/drawers.ts";
import { ScatterPath } from "./path/overlay.ts";
import { ScatterPlot } from "./plot/plot.ts";
import { axisNames, isLine, type Model, type State } from "./state/model.ts";
import { Toolbar } from "./panels/toolbar.ts";
import { createShell, element } from "../controls/shell.ts";
import { setAndPush, pushStateThrottled } from "../kernel/sync.ts";
import { watchTheme } from "../canvas/theme.ts";

// How long the view must rest before the kernel decodes the plane for it, in ms.
const SETTLED = 300;
// A point counts as hit so many pixels beside its rim.
const HIT_SLACK = 5;
// Closer, float32 codes have no digits left; farther, there is nothing to see.
const DEEPEST = 1e-5;
const FARTHEST = 1e3;

function render({ model, el }: { model: Model; el: HTMLElement }) {
  const shell = createShell(el, "Latent space", model);
  shell.root.classList.add("vw-scatter");
  const facts = element("span", "vw-scatter-facts");
  shell.title.append(facts);
  const frame = element("div", "vw-scatter-plot");
  const side = element("div", "vw-scatter-side");
  shell.picture.append(frame, side);

  let positions = readArray(model.get("_positions"));
  let settle: ReturnType<typeof setTimeout> | undefined;

  const plot = new ScatterPlot(frame, {
    positions,
    levels: new Int16Array(positions.length / 2),
    colours: new Uint8Array(3),
    selection: new Uint32Array(0),
    pointSize: model.get("point_size"),
    grid: null,
    prior: null,
    density: null,
    bookmarks: [],
    names: axisNames(model),
    bounds: toBounds(model.get("view")),
  });
  const { canvas } = plot;
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute(
    "aria-label",
    "Latent space. Arrows move a crosshair, Enter decodes there, Space selects the point there, " +
      "Enter starts and ends a lasso or box, plus and minus zoom, R resets the view, Escape clears the selection.",
  );
  const nearestTo = (place: Point, reach = Infinity) => {
    const { scaleX, scaleY } = plot.viewport;
    // The nearest code of all: a jitter is no distance.
    const flat = isLine(model) && reach === Infinity;
    return nearest(positions, place, scaleX, flat ? 0 : scaleY, reach, hover.visible);
  };
  const late = () => shell.setStatus(`${LATE} The picture was decoded beforehand.`);
  const plane = new DecodedPlane(model, plot, shell.setStatus, late);
  const hover = new Hover(model, plot, frame, shell.setStatus, () => picking.show());
  const sample = (index: number) => hover.sample(index);
  const preview = (place: Point) => plane.at(place) ?? sample(nearestTo(place));
  const picking = new Picking(model, plot, { nearestTo, sample, preview }, shell.setStatus, late);
  const painting = new Painting(model);
  const sound = new SoundPlayer(model, shell.root, shell.setStatus);
  const listened = element("div", "vw-hear");
  listened.hidden = !model.get("_has_sound");
  const hearDecoded = sound.button("decoded", "Hear what was decoded", () => "decoded");
  const hearSample = sound.button(
    "sample",
    "Hear the sample beside it, or the one under the crosshair or pointer (H)",
    () => (model.get("hovered") >= 0 ? model.get("hovered") : nearestTo(picking.place)),
  );
  listened.append(hearDecoded, hearSample);
  picking.view.root.append(listened);
  side.append(picking.view.root, painting.legend.root);

  // -- what is shown -----------------------------------------------------------------------------

  const showColours = () => {
    const { levels, colours } = painting.paint();
    plot.show({ levels, colours });
    hover.visible = (index) => levels[index] >= 0;
    showControls();
    hover.show();
  };

  const showSelection = () => {
    const selection = readArray<Uint32Array>(model.get("selection"));
    plot.show({ selection });
    const some = selection.length ? `, ${whole(selection.length)} selected` : "";
    const note = model.get("_range_note");
    const range = note ? ` \u00b7 tiles: ${note}` : "";
    facts.textContent = `${whole(positions.length / 2)} samples${some}${range}`;
    showControls();
  };

  const showView = () => {
    plot.show({ bounds: toBounds(model.get("view")) });
    hover.show();
    askWhenSettled();
  };

  const askWhenSettled = () => {
    clearTimeout(settle);
    settle = setTimeout(() => {
      plane.ask();
      panels.prepare();
    }, SETTLED);
  };

  const showPlane = () => {
    positions = readArray(model.get("_positions"));
    plot.show({ positions, names: axisNames(model) });
    picking.hover(null);
    showControls();
    hover.show();
    picking.show();
    toolbar.hint();
  };

  const showGrid = () => {
    showControls();
    plane.show();
    plane.ask();
  };

  const showPrior = () => {
    const [x, y] = model.get("_prior");
    const shown = model.get("prior") && x !== undefined && y !== undefined;
    plot.show({ prior: shown ? { x, y } : null });
    showControls();
  };

  const showDensity = () => {
    const density = model.get("_density");
    const shown = model.get("density") && "rings" in density;
    plot.show({ density: shown ? new Density(density as DensityState) : null });
    showControls();
  };

  const showDims = () => {
    showControls();
    askWhenSettled();
  };

  const showAttribute = () => {
    panels.showKeep();
    askWhenSettled();
  };

  const showHeld = () => {
    picking.hover(null);
    panels.showDims();
    askWhenSettled();
  };

  const showBookmarks = () =>
    plot.show({ bookmarks: Object.entries(model.get("_bookmarked_at")) });

  const takePick = () => {
    void picking.take();
    panels.showDims();
    panels.showKeep();
    askWhenSettled();
  };

  // -- gestures ----------------------------------------------------------------------------------

  const pointAt = (at: Point) =>
    plot.viewport.contains(at)
      ? nearestTo(plot.viewport.toPlane(at), plot.radius + HIT_SLACK)
      : -1;
  // Before the gestures: it takes Escape first.
  const path = new ScatterPath(model, plot, shell, pointAt, (at) => pick(at, true));
  /** `snap`: a point of the data that is near is meant. */
  const pick = (at: Point, snap: boolean) => {
    const { left, top, width, height } = plot.viewport.box;
    const inside = {
      x: Math.min(left + width, Math.max(left, at.x)),
      y: Math.min(top + height, Math.max(top, at.y)),
    };
    const point = snap ? pointAt(inside) : -1;
    if (point < 0) return picking.pick(plot.viewport.toPlane(inside), -1);
    picking.pick({ x: positions[2 * point], y: positions[2 * point + 1] }, point);
  };
  const select = (found: Uint32Array, how: How) => {
    const selection = combine(readArray<Uint32Array>(model.get("selection")), found, how);
    setAndPush(model, { selection: writeArray(selection) });
    shell.setStatus(
      selection.length
        ? `${whole(selection.length)} selected. Ctrl adds, Alt removes, Esc clears.`
        : "No points there: nothing is selected.",
    );
  };
  const home = () => setAndPush(model, { view: model.get("_home") });
  const clear = () => {
    setAndPush(model, { selection: writeArray(new Uint32Array(0)) });
    shell.setStatus("Selection cleared.");
  };

  const stopSoundKey = onKey(canvas, (key) => {
    if (key !== "h" || listened.hidden) return false;
    hearSample.click();
    return true;
  });
  const stopGestures = onScatterGestures(canvas, {
    mode: () => model.get("mode"),
    viewport: () => plot.viewport,
    hover(at) {
      hover.over(at ? pointAt(at) : -1);
      picking.hover(at && plot.viewport.contains(at) ? plot.viewport.toPlane(at) : null);
    },
    pick,
    look(bounds) {
      const [x0, x1] = model.get("_home");
      const share = (bounds.x1 - bounds.x0) / (x1 - x0);
      if (share <= DEEPEST || share >= FARTHEST) return;
      model.set("view", toEdges(bounds));
      pushStateThrottled(model, "view");
    },
    home,
    sketch: (shape) => plot.mark({ shape }),
    select(shape, how) {
      const polygon = shape.map((at) => plot.viewport.toPlane(at));
      select(insidePolygon(positions, polygon, hover.visible), how);
    },
    clear,
    toggle(at) {
      const index = pointAt(at);
      if (index < 0) return shell.setStatus("No point under the crosshair.");
      const selected = readArray<Uint32Array>(model.get("selection")).includes(index);
      select(Uint32Array.of(index), selected ? "remove" : "add");
    },
    cursor: (at) => plot.mark({ cursor: at }),
    wheelIgnored: () => shell.setStatus("To zoom, click the plot first or hold Ctrl."),
  });

  // -- controls ----------------------------------------------------------------------------------

  const panels = new Panels(model, shell, picking);
  const several = (count: number, what: string) => (count ? `${whole(count)} ${what}${count === 1 ? "" : "s"}` : "");
  const rows = (what: string) => (kept: WireArray) => {
    const [count] = checkRows(kept, readArray(model.get("_positions")).length / 2).shape;
    return count ? `${what} ${several(count, "sample")}` : "";
  };
  const bookmarks = (marks: Record<string, WireArray>) => {
    const all = Object.values(marks);
    if (!all.every((z) => z.dtype === "float32" && readArray(z).every(Number.isFinite))) throw new TypeError();
    return all.length;
  };
  const kept = new KeptState(model, "scatter", {
    bookmarks: (marks: Record<string, WireArray>) => several(bookmarks(marks), "bookmark"),
    selection: rows("a selection of"),
    group_a: rows("group A of"),
    group_b: rows("group B of"),
  });
  shell.notice.root.after(kept.root);
  const toolbar = new Toolbar(model, shell, { home, clear });
  const showControls = () => {
    canvas.dataset.mode = model.get("mode");
    toolbar.show();
    panels.showDims();
    panels.showKeep();
  };

  // -- start and end -----------------------------------------------------------------------------

  const reactions: [keyof State, () => void][] = [
    ["selection", showSelection],
    ["hovered", () => hover.show()],
    ["view", showView],
    ["color_by", showColours],
    ["quantities", showColours],
    ["threshold", showColours],
    ["_hidden", showColours],
    ["_hidden_sides", showColours],
    ["point_size", () => plot.show({ pointSize: model.get("point_size") })],
    ["mode", showControls],
    ["grid", showGrid],
    ["_dims_shown", showDims],
    ["_projections", showControls],
    ["_keep_shown", showDims],
    ["bookmarks", () => panels.showKeep()],
    ["group_a", () => panels.showKeep()],
    ["group_b", () => panels.showKeep()],
    ["attribute", showAttribute],
    ["_bookmarked_at", showBookmarks],
    ["held", showHeld],
    ["_prior", showPrior],
    ["prior", showPrior],
    ["_density", showDensity],
    ["density", showDensity],
    ["_positions", showPlane],
    // Not "picked": it comes together with its picture.
    ["_pick", takePick],
    ["_place", () => void picking.takeHovered()],
    ["_grid", () => void plane.take()],
    ["_traversals", () => panels.takeTraversals()],
    ["_tile", () => void hover.takeTile()],
    ["_detail", () => void hover.takeDetail()],
  ];
  for (const [name, react] of reactions) model.on(`change:${name}`, react);
  const stopTheme = watchTheme(showColours); // the grey of what is not known hangs on it
  showColours();
  showSelection();
  showPlane();
  showPrior();
  showDensity();
  showBookmarks();
  showView();
  void plane.take();
  void picking.take();
  panels.takeTraversals();

  return () => {
    for (const [name, react] of reactions) model.off(`change:${name}`, react);
    clearTimeout(settle);
    stopTheme();
    stopGestures();
    stopSoundKey();
    sound.close();
    path.destroy();
    picking.close();
    panels.close();
    plane.close();
    hover.close();
    plot.destroy();
    kept.close();
    shell.notice.close();
    shell.root.remove();
  };
}

export default { render };
