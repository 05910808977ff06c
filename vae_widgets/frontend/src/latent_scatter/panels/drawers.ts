/** The drawers under the toolbar of a scatter, "Dimensions", "Points" and "Save", and their traits. */

import { History } from "../../controls/history.ts";
import { onKey } from "../../controls/keys.ts";
import { sentence } from "../../format/sentence.ts";
import { readArray, writeArray, type WireArray } from "../../kernel/arrays.ts";
import { LATE, LatestRequest } from "../../kernel/latest_request.ts";
import type { Answer } from "../../kernel/messages.ts";
import type { PickedPoint } from "../decode/picked_point.ts";
import { automaticLook } from "../plot/plot.ts";
import { pythonOf } from "../state/python_code.ts";
import { DimensionsDrawer } from "./dimensions_drawer.ts";
import { PointsDrawer, type PointsActions } from "./points_drawer.ts";
import { copyText, SaveDrawer } from "./save_drawer.ts";
import type { Model, State } from "../state/model.ts";
import type { Shell } from "../../controls/shell.ts";
import { Traversals } from "../decode/traversals.ts";
import { setAndPush, pushState, pushStateThrottled } from "../../kernel/sync.ts";

// A slider that has not moved for this long, in ms, is at rest. Shorter than SETTLED in
// latent_scatter/widget.ts, after which the plane is decoded again.
const REST = 150;

export class Drawers {
  readonly #model: Model;
  readonly #shell: Shell;
  readonly #picking: PickedPoint;
  readonly #dimensions: DimensionsDrawer;
  readonly #points: PointsDrawer;
  readonly #save: SaveDrawer;
  readonly #traversals: Traversals;
  readonly #finding: LatestRequest<"find">;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `actions`: what the drawer "Points" does beyond setting traits. */
  constructor(model: Model, shell: Shell, picking: PickedPoint, actions: Omit<PointsActions, "look" | "findLabel">) {
    this.#model = model;
    this.#shell = shell;
    this.#picking = picking;
    this.#traversals = new Traversals(model);
    const rest = (then: () => void) => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(then, REST);
    };
    this.#dimensions = new DimensionsDrawer({
      fix: (index, value) => {
        const sliceAt = readArray(model.get("slice_at")).slice();
        sliceAt[index] = value;
        model.set("slice_at", writeArray(sliceAt));
        picking.traverse(() => this.#traversals.find(index, picking.place));
        rest(() => {
          pushState(model, "slice_at");
          picking.confirm();
        });
      },
      fixAtMean() {
        const sliceAt = new Float32Array(model.get("_axes").length);
        for (const { index, mean } of model.get("_axes")) sliceAt[index] = mean;
        setAndPush(model, { slice_at: writeArray(sliceAt) });
      },
      fixAtPicked() {
        const sliceAt = Float32Array.from(model.get("_pick").coordinates!);
        setAndPush(model, { slice_at: writeArray(sliceAt) });
      },
    });
    const found = ({ error, point, count }: Answer<"find">) => {
      this.#points.showFound(count ?? 0);
      if (error) shell.setStatus(error);
      else actions.find(point!);
    };
    this.#finding = new LatestRequest(model, "find", found, () => shell.setStatus(LATE));
    this.#points = new PointsDrawer({
      find: (index) => actions.find(index),
      findLabel: (label) => this.#finding.send({ label }),
      selectAll: () => actions.selectAll(),
      invertSelection: () => actions.invertSelection(),
      look(trait, value) {
        model.set(trait, value);
        pushStateThrottled(model, trait);
      },
    });
    this.#save = new SaveDrawer({
      bookmark: (name) => {
        this.#bookmark(name, model.get("picked"));
        shell.setStatus(`Saved as ${name}.`);
      },
      remove: (name) => {
        this.#bookmark(name, undefined);
        shell.setStatus(`${name} is removed.`);
      },
      go: (name) => setAndPush(model, { picked: model.get("bookmarks")[name] }),
      group(which) {
        const selection = model.get("selection");
        setAndPush(model, which === 0 ? { group_a: selection } : { group_b: selection });
      },
      along: (value) => {
        picking.moveAlong(value, () => this.#traversals.along(value));
        rest(() => picking.confirm(value));
      },
      copy: () => void this.#copy(),
    });
    const drawers = { _dims_shown: this.#dimensions, _points_shown: this.#points, _save_shown: this.#save };
    for (const [trait, { root }] of Object.entries(drawers)) {
      onKey(root, (key) => {
        if (key === "Escape") setAndPush(model, { [trait]: false } as Partial<State>);
        return key === "Escape";
      });
    }
    shell.controls.after(...Object.values(drawers).map(({ root }) => root));
  }

  showDimensions(): void {
    const model = this.#model;
    this.#dimensions.root.hidden = !model.get("_dims_shown");
    if (this.#dimensions.root.hidden) return;
    this.#dimensions.show({
      axes: model.get("_axes"),
      dims: model.get("dims"),
      sliceAt: readArray(model.get("slice_at")),
      anyPicked: Boolean(model.get("_pick").coordinates),
    });
  }

  showPoints(): void {
    const model = this.#model;
    this.#points.root.hidden = !model.get("_points_shown");
    if (this.#points.root.hidden) return;
    const samples = readArray(model.get("_positions")).length / 2;
    this.#points.show({
      samples,
      hasIndex: model.get("_has_index"),
      size: model.get("point_size"),
      opacity: model.get("opacity"),
      automatic: automaticLook(samples, model.get("grid")),
    });
  }

  /** Open the drawer "Points" at the field for a sample. */
  findSample(): void {
    setAndPush(this.#model, { _points_shown: true });
    this.#points.focus();
  }

  showSave(): void {
    const model = this.#model;
    this.#save.root.hidden = !model.get("_save_shown");
    if (this.#save.root.hidden) return;
    const { coordinates, along = 0 } = model.get("_pick");
    // The slider is not updated during a drag.
    if (this.#picking.busy) return;
    this.#save.show({
      bookmarks: Object.keys(model.get("bookmarks")),
      anyPicked: Boolean(coordinates),
      anySelected: model.get("selection").shape[0] > 0,
      groups: [model.get("group_a").shape[0], model.get("group_b").shape[0]],
      hasAttribute: model.get("attribute").shape[0] > 0,
      along,
    });
  }

  /** Have the steps of the sliders decoded beforehand, now that the view rests. */
  prepare(): void {
    this.#traversals.ask(this.#picking.place);
  }

  /** Another plane is shown. */
  forgetTraversals(): void {
    this.#traversals.forget();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#traversals.close();
    this.#finding.close();
  }

  /** Set a bookmark, or remove it. To undo it changes this bookmark only. */
  #bookmark(name: string, z: WireArray | undefined): void {
    const model = this.#model;
    const marks = model.get("bookmarks");
    const before = Object.hasOwn(marks, name) ? marks[name] : undefined; // every object has a "constructor"
    const set = (to: WireArray | undefined) => {
      const { [name]: _before, ...others } = model.get("bookmarks");
      setAndPush(model, { bookmarks: to ? { ...others, [name]: to } : others });
    };
    set(z);
    History.of(model).add({ undo: () => set(before), redo: () => set(z) });
  }

  async #copy(): Promise<void> {
    const model = this.#model;
    const shell = this.#shell;
    const marks = Object.entries(model.get("bookmarks")).map(([name, z]) => [name, readArray(z)]);
    const hasPrior = model.get("_prior").length > 0;
    const code = pythonOf({
      projection: model.get("projection"),
      dims: model.get("dims"),
      sliceAt: readArray(model.get("slice_at")),
      view: model.get("view"),
      colourBy: model.get("color_by"),
      threshold: model.get("threshold"),
      selection: readArray<Uint32Array>(model.get("selection")),
      picked: readArray(model.get("picked")),
      bookmarks: Object.fromEntries(marks),
      groups: [readArray<Uint32Array>(model.get("group_a")), readArray<Uint32Array>(model.get("group_b"))],
      mode: model.get("mode"),
      grid: model.get("grid"),
      prior: hasPrior && model.get("prior"),
      density: hasPrior && model.get("density"),
      pointSize: model.get("point_size"),
      opacity: model.get("opacity"),
      hiddenClasses: model.get("_hidden").map((i) => model.get("_class_names")[i] ?? "unknown"),
      hiddenSides: model.get("_hidden_sides").map((i) => ["below", "above", "unknown"][i]),
    });
    await copyText(code).then(
      () => shell.setStatus("Copied. The code expects the widget in the variable scatter."),
      (error) => shell.setStatus(`Not copied: ${sentence(error.message)}`),
    );
  }
}
