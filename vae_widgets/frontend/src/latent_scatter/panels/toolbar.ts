/** The controls under a scatter, wired to the traits. */

import { Controls } from "./toolbar_view.ts";
import type { Mode } from "../state/protocol.ts";
import type { Model } from "../state/model.ts";
import type { Shell } from "../../controls/shell.ts";
import { setAndPush } from "../../kernel/sync.ts";

const HINTS: Record<Mode, string> = {
  pick: "Hover or drag: decode. Click: pick. Shift-drag: lasso. Wheel: zoom after a click, or with Ctrl.",
  pan: "Drag: move. Click: decode. Wheel: zoom after a click, or with Ctrl. R: reset.",
  lasso: "Draw around points to select them. Ctrl adds, Alt removes, Esc clears. Click: decode.",
  box: "Drag a box to select points. Ctrl adds, Alt removes, Esc clears. Click: decode.",
};

export class Toolbar {
  readonly #model: Model;
  readonly #shell: Shell;
  readonly #controls: Controls;

  constructor(model: Model, shell: Shell, actions: { home(): void; clear(): void }) {
    this.#model = model;
    this.#shell = shell;
    this.#controls = new Controls(shell.controls, {
      ...actions,
      mode: (mode) => {
        setAndPush(model, { mode });
        this.hint();
      },
      grid: (shown) => setAndPush(model, { grid: shown }),
      prior: (shown) => setAndPush(model, { prior: shown }),
      density: (shown) => setAndPush(model, { density: shown }),
      colourBy: (name) => setAndPush(model, { color_by: name }),
      projection(projection) {
        setAndPush(model, { projection });
        shell.setStatus("Waiting for the kernel to show other coordinates.");
      },
      dims(dims) {
        setAndPush(model, { dims });
        shell.setStatus("Waiting for the kernel to show other dimensions.");
      },
      dimsShown: (shown) => setAndPush(model, { _dims_shown: shown }),
      keepShown: (shown) => setAndPush(model, { _keep_shown: shown }),
    });
  }

  /** Say what the mode is for. */
  hint(): void {
    this.#shell.setStatus(HINTS[this.#model.get("mode")]);
  }

  show(): void {
    const model = this.#model;
    const named = model.get("_classes").shape[0] > 0;
    this.#controls.show({
      mode: model.get("mode"),
      gridShown: model.get("grid"),
      hasPrior: model.get("_prior").length > 0,
      priorShown: model.get("prior"),
      densityShown: model.get("density"),
      anySelected: model.get("selection").shape[0] > 0,
      colourChoices: [...(named ? ["label"] : []), "none", ...Object.keys(model.get("quantities"))],
      colourBy: model.get("color_by"),
      projections: model.get("_projections"),
      projection: model.get("projection"),
      axes: model.get("_axes"),
      dims: model.get("dims"),
      dimsShown: model.get("_dims_shown"),
      keepShown: model.get("_keep_shown"),
    });
  }
}
