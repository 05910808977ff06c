/** Colours the points of a scatter by its traits, and shows the legend. */

import { readArray } from "../../kernel/arrays.ts";
import {
  byClass,
  byQuantity,
  byThreshold,
  countClasses,
  hide,
  hideSides,
  uniform,
  type Colouring,
} from "../plot/colours.ts";
import { setUndoably } from "../../controls/history.ts";
import { unknownColour } from "../../canvas/palette.ts";
import { isDark } from "../../canvas/theme.ts";
import { LegendView } from "./legend_view.ts";
import type { Model } from "../state/model.ts";
import { setAndPush } from "../../kernel/sync.ts";

export class Legend {
  readonly view: LegendView;
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
    this.view = new LegendView({
      colourBy: (name) => setAndPush(model, { color_by: name }),
      hide: (classes) => setAndPush(model, { _hidden: classes }),
      hideSides: (sides) => setAndPush(model, { _hidden_sides: sides }),
      threshold: (threshold) => setUndoably(model, { threshold }),
    });
  }

  /** Colour all points, and show what the colours mean. */
  colourPoints(): Colouring {
    const model = this.#model;
    const names = model.get("_class_names");
    const classes = readArray<Uint32Array>(model.get("_classes"));
    const hidden = model.get("_hidden");
    const hiddenSides = model.get("_hidden_sides");
    const colours = [...(classes.length ? ["label"] : []), "none", ...Object.keys(model.get("quantities"))];
    const colour = colours.includes(model.get("color_by")) ? model.get("color_by") : "none";
    const coloured = colour === "label";
    const colouring = this.#colouring(coloured ? classes : null, names.length);
    hideSides(colouring, hiddenSides);
    hide(colouring, classes, hidden);
    const counts = countClasses(classes, names.length + 1);
    const { quantity } = colouring;
    const unknown = this.#unknown();
    this.view.show({ colours, colour, names, counts, hidden, hiddenSides, quantity, coloured, unknown });
    return colouring;
  }

  #unknown(): string {
    return unknownColour(isDark());
  }

  #colouring(classes: Uint32Array | null, count: number): Colouring {
    const model = this.#model;
    const by = model.get("color_by");
    const wire = model.get("quantities")[by];
    const threshold = model.get("threshold");
    const unknown = this.#unknown();
    if (wire && threshold === null) return byQuantity(by, readArray(wire), unknown);
    if (wire) return byThreshold(by, readArray(wire), threshold!, unknown);
    if (classes) return byClass(classes, count, unknown);
    return uniform(readArray(model.get("_positions")).length / 2);
  }
}
