/** What gestures and toolbar buttons do to a scatter. */

import type { Point } from "../canvas/geometry.ts";
import { toEdges, type Bounds, type Viewport } from "../canvas/viewport.ts";
import { setUndoably } from "../controls/history.ts";
import { whole } from "../format/numbers.ts";
import { readArray, rowsWhere, writeRows } from "../kernel/arrays.ts";
import { setAndPush, pushStateThrottled } from "../kernel/sync.ts";
import type { PickedPoint } from "./decode/picked_point.ts";
import type { GestureActions, SelectionChange } from "./gestures/gestures.ts";
import { combine } from "./gestures/lasso.ts";
import type { SampleFinder } from "./gestures/sample_finder.ts";
import type { Hover } from "./panels/hover.ts";
import type { ToolbarActions } from "./panels/toolbar.ts";
import type { ScatterPlot } from "./plot/plot.ts";
import type { Model } from "./state/model.ts";
import type { Mode } from "./state/protocol.ts";

// Limits of the zoom, relative to the first view: float32 codes have no more digits below the
// lower one, and there is nothing to see above the upper one.
const SMALLEST_VIEW = 1e-5;
const LARGEST_VIEW = 1e3;

export class ScatterActions implements GestureActions, ToolbarActions {
  readonly #model: Model;
  readonly #plot: ScatterPlot;
  readonly #finder: SampleFinder;
  readonly #hover: Hover;
  readonly #picked: PickedPoint;
  readonly #setStatus: (text: string) => void;
  readonly #openFind: () => void;

  constructor(
    model: Model,
    plot: ScatterPlot,
    finder: SampleFinder,
    hover: Hover,
    picked: PickedPoint,
    setStatus: (text: string) => void,
    openFind: () => void,
  ) {
    this.#model = model;
    this.#plot = plot;
    this.#finder = finder;
    this.#hover = hover;
    this.#picked = picked;
    this.#setStatus = setStatus;
    this.#openFind = openFind;
  }

  mode(): Mode {
    return this.#model.get("mode");
  }

  viewport(): Viewport {
    return this.#plot.viewport;
  }

  hover(at: Point | null): void {
    const { viewport } = this.#plot;
    this.#hover.over(at ? this.#finder.at(at) : -1);
    this.#picked.hover(at && viewport.contains(at) ? viewport.toPlane(at) : null);
  }

  pick(at: Point, snap: boolean): void {
    const { scene, viewport } = this.#plot;
    const inside = viewport.clamp(at);
    const point = snap ? this.#finder.at(inside) : -1;
    if (point < 0) return this.#picked.pick(viewport.toPlane(inside), -1);
    this.#picked.pick({ x: scene.positions[2 * point], y: scene.positions[2 * point + 1] }, point);
  }

  setView(bounds: Bounds): void {
    const [x0, x1] = this.#model.get("_home");
    const share = (bounds.x1 - bounds.x0) / (x1 - x0);
    if (share <= SMALLEST_VIEW || share >= LARGEST_VIEW) return;
    this.#model.set("view", toEdges(bounds));
    pushStateThrottled(this.#model, "view");
  }

  resetView(): void {
    setAndPush(this.#model, { view: this.#model.get("_home") });
  }

  drawShape(shape: Point[]): void {
    this.#plot.mark({ shape });
  }

  selectInside(shape: Point[], how: SelectionChange): void {
    this.#select(this.#finder.inside(shape), how);
  }

  toggleSelected(at: Point): void {
    const index = this.#finder.at(at);
    if (index < 0) return this.#setStatus("No point under the crosshair.");
    const selected = this.#selection().includes(index);
    this.#select(Uint32Array.of(index), selected ? "remove" : "add");
  }

  clearSelection(): void {
    this.#setSelection(new Uint32Array(0));
  }

  selectAll(): void {
    this.#setSelection(this.#drawn());
  }

  invertSelection(): void {
    const selected = new Set(this.#selection());
    this.#setSelection(this.#drawn().filter((index) => !selected.has(index)));
  }

  /** Pick a sample, and move the plane so that its point is seen. */
  find(index: number): void {
    const { scene, viewport } = this.#plot;
    const place = { x: scene.positions[2 * index], y: scene.positions[2 * index + 1] };
    if (!viewport.contains(viewport.toScreen(place.x, place.y))) {
      const { x0, x1, y0, y1 } = viewport.bounds;
      const [dx, dy] = [place.x - (x0 + x1) / 2, place.y - (y0 + y1) / 2];
      const bounds = { x0: x0 + dx, x1: x1 + dx, y0: y0 + dy, y1: y1 + dy };
      setAndPush(this.#model, { view: toEdges(bounds) });
    }
    this.#picked.pick(place, index);
  }

  findSample(): void {
    this.#openFind();
  }

  moveCursor(at: Point | null): void {
    this.#plot.mark({ cursor: at });
  }

  ignoreWheel(): void {
    this.#setStatus("To zoom, click the plot first or hold Ctrl.");
  }

  #selection(): Uint32Array {
    return readArray<Uint32Array>(this.#model.get("selection"));
  }

  /** The samples that the legend does not hide. */
  #drawn(): Uint32Array {
    const { levels } = this.#plot.scene;
    return rowsWhere(levels.length, (row) => levels[row] >= 0);
  }

  #setSelection(selection: Uint32Array): void {
    if (!selection.length && !this.#selection().length) return;
    setUndoably(this.#model, { selection: writeRows(selection, this.#plot.scene.positions.length / 2) });
  }

  #select(found: Uint32Array, how: SelectionChange): void {
    const selection = combine(this.#selection(), found, how);
    this.#setSelection(selection);
    if (!found.length) this.#setStatus(`No points there. ${selectionStatus(selection.length)}`);
  }
}

/** What the selection is, and what changes it. */
export function selectionStatus(count: number): string {
  return count ? `${whole(count)} selected. Ctrl adds, Alt removes, Esc clears.` : "Nothing is selected.";
}
