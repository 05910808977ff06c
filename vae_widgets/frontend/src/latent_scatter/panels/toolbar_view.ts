/** The row under a scatter: what a drag does, view, selection, colours, dimensions. */

import type { Mode, Axis } from "../state/protocol.ts";
import { button, element } from "../../controls/shell.ts";

export interface ControlState {
  mode: Mode;
  gridShown: boolean;
  hasPrior: boolean;
  priorShown: boolean;
  densityShown: boolean;
  anySelected: boolean;
  colourChoices: string[];
  colourBy: string;
  projections: string[];
  projection: string;
  axes: Axis[];
  dims: number[];
  dimsShown: boolean;
  keepShown: boolean;
}

export interface ControlActions {
  mode(mode: Mode): void;
  grid(shown: boolean): void;
  prior(shown: boolean): void;
  density(shown: boolean): void;
  home(): void;
  clear(): void;
  colourBy(name: string): void;
  projection(name: string): void;
  dimsShown(shown: boolean): void;
  keepShown(shown: boolean): void;
  dims(dims: number[]): void;
}

const MODES: [Mode, string, string][] = [
  ["pick", "Pick", "Click or drag to decode. Keys: arrows move the crosshair, Enter picks"],
  ["pan", "Pan", "Drag to move the plane. Keys: arrows up to the edge and beyond"],
  ["lasso", "Lasso", "Draw around points to select them (Shift-drag). Keys: Enter starts and ends it, Space selects one"],
  ["box", "Box", "Drag a box around points to select them. Keys: Enter starts and ends it, Space selects one"],
];

export class Controls {
  readonly #modes: HTMLButtonElement[];
  readonly #grid: HTMLButtonElement;
  readonly #prior: HTMLButtonElement;
  readonly #density: HTMLButtonElement;
  readonly #clear: HTMLButtonElement;
  readonly #colour = element("select", "vw-input");
  readonly #projection = element("select", "vw-input");
  readonly #axes = [element("select", "vw-input"), element("select", "vw-input")];
  readonly #held: HTMLButtonElement;
  readonly #keep: HTMLButtonElement;
  readonly #many = element("div", "vw-scatter-many");
  #state: ControlState | null = null;

  constructor(parent: HTMLElement, actions: ControlActions) {
    this.#modes = MODES.map(([mode, text, hint]) => button(text, hint, () => actions.mode(mode)));
    const modes = element("div", "vw-group");
    modes.setAttribute("role", "group");
    modes.setAttribute("aria-label", "What a drag does");
    modes.append(...this.#modes);
    this.#grid = button("Grid", "Show the decoded plane behind the points", () =>
      actions.grid(!this.#state!.gridShown),
    );
    const rings = "Show rings that hold 50, 90 and 99 % of the prior, as this plane sees it";
    this.#prior = button("Prior", rings, () => actions.prior(!this.#state!.priorShown));
    const codes = "Show where the codes of all samples lie: q(z), the mean of their posteriors, and its densest 50 and 90 %";
    this.#density = button("Density", codes, () => actions.density(!this.#state!.densityShown));
    const home = button("Reset view", "Show all points (R or 0, or double-click)", actions.home);
    this.#clear = button("Clear", "Clear the selection (Esc)", actions.clear);
    this.#colour.addEventListener("change", () => actions.colourBy(this.#colour.value));
    parent.append(modes, this.#grid, this.#prior, this.#density, home, this.#clear, labelled("Colour", "What colours the points", this.#colour));
    this.#projection.addEventListener("change", () => actions.projection(this.#projection.value));
    this.#held = button("Held", "List all dimensions, and move those that are not shown", () =>
      actions.dimsShown(!this.#state!.dimsShown),
    );
    this.#many.append(labelled("Axes", "Coordinates that are shown", this.#projection));
    for (const [axis, name] of ["x", "y"].entries()) {
      const select = this.#axes[axis];
      select.addEventListener("change", () => {
        const dims = [...this.#state!.dims];
        const chosen = Number(select.value);
        // Choosing the other axis' dimension swaps the two.
        if (dims[1 - axis] === chosen) dims[1 - axis] = dims[axis];
        dims[axis] = chosen;
        actions.dims(dims);
      });
      this.#many.append(labelled(name, `Latent dimension along ${name}`, select));
    }
    this.#many.append(this.#held);
    const keeping = "Bookmarks, moving along an attribute, this view as Python";
    this.#keep = button("Take away", keeping, () => actions.keepShown(!this.#state!.keepShown));
    parent.append(this.#many, this.#keep);
  }

  show(state: ControlState): void {
    this.#state = state;
    this.#modes.forEach((made, i) => press(made, MODES[i][0] === state.mode));
    press(this.#grid, state.gridShown);
    press(this.#prior, state.priorShown);
    press(this.#density, state.densityShown);
    this.#prior.hidden = this.#density.hidden = !state.hasPrior;
    this.#clear.disabled = !state.anySelected;
    this.#colour.replaceChildren(...state.colourChoices.map((name) => new Option(name, name)));
    const known = state.colourChoices.includes(state.colourBy);
    this.#colour.value = known ? state.colourBy : "none";
    const { axes, dims, projections } = state;
    // Two dimensions leave nothing to choose.
    this.#many.hidden = axes.length <= 2 && projections.length <= 2;
    this.#projection.replaceChildren(...projections.map((name) => new Option(name, name)));
    this.#projection.value = state.projection;
    this.#axes.forEach((select, axis) => {
      select.replaceChildren(...axes.map(option));
      select.value = String(dims[axis]);
      select.disabled = axes.length <= 2;
    });
    for (const [made, shown] of [
      [this.#held, state.dimsShown],
      [this.#keep, state.keepShown],
    ] as const) {
      press(made, shown);
      made.setAttribute("aria-expanded", String(shown));
    }
  }
}

function press(made: HTMLButtonElement, pressed: boolean): void {
  made.setAttribute("aria-pressed", String(pressed));
}

function option({ index, name, note, collapsed }: Axis): HTMLOptionElement {
  const text = [name, note, collapsed ? "collapsed" : ""].filter(Boolean).join(" · ");
  const made = new Option(text, String(index));
  made.className = collapsed ? "vw-collapsed" : "";
  return made;
}

function labelled(text: string, name: string, control: HTMLElement): HTMLLabelElement {
  const label = element("label", "vw-scatter-label");
  control.setAttribute("aria-label", name);
  label.append(text, control);
  return label;
}
