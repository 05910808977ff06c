/** The controls under a scatter, wired to the traits. */

import { Controls } from "./toolbar_view.ts";
import type { Mode } from "../state/protocol.ts";
import type { Model } from "../state/model.ts";
import type { Shell } from "../../controls/shell.ts";
import { change } from "../../kernel/sync.ts";

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
        change(model, { mode });
        this.hint();
      },
      grid: (shown) => change(model, { grid: shown }),
      prior: (shown) => change(model, { prior: shown }),
      density: (shown) => change(model, { density: shown }),
      colourBy: (name) => change(model, { color_by: name }),
      projection(projection) {
        change(model, { projection });
        shell.say("Waiting for the kernel to show other coordinates.");
      },
      dims(dims) {
        change(model, { dims });
        shell.say("Waiting for the kernel to show other dimensions.");
      },
      dimsShown: (shown) => change(model, { _dims_shown: shown }),
      keepShown: (shown) => change(model, { _keep_shown: shown }),
    });
  }

  /** Say what the mode is for. */
  hint(): void {
    this.#shell.say(HINTS[this.#model.get("mode")]);
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
