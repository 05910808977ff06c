/** The row under a scatter: what a drag does, view, selection, colours, dimensions. */

import type { Mode } from "./scatter_gestures.ts";
import { button, element } from "./shell.ts";

export interface ControlState {
  mode: Mode;
  gridShown: boolean;
  anySelected: boolean;
  colourChoices: string[];
  colourBy: string;
  dims: number[];
}

export interface ControlActions {
  mode(mode: Mode): void;
  grid(shown: boolean): void;
  home(): void;
  clear(): void;
  colourBy(name: string): void;
  dims(dims: number[]): void;
}

const MODES: [Mode, string, string][] = [
  ["pick", "Pick", "Click or drag to decode. Keys: arrows move the crosshair, Enter picks"],
  ["pan", "Pan", "Drag to move the plane. Keys: arrows up to the edge and beyond"],
  ["lasso", "Lasso", "Draw around points to select them (Shift-drag); Space selects at the crosshair"],
  ["box", "Box", "Drag a box around points to select them; Space selects at the crosshair"],
];

export class Controls {
  private readonly modes: HTMLButtonElement[];
  private readonly grid: HTMLButtonElement;
  private readonly clear: HTMLButtonElement;
  private readonly colour = element("select", "vw-input");
  private readonly axes: HTMLSelectElement[] = [];
  private state: ControlState | null = null;

  /** Dimensions can be chosen where there are more than two. */
  constructor(parent: HTMLElement, latentDim: number, actions: ControlActions) {
    this.modes = MODES.map(([mode, text, hint]) => button(text, hint, () => actions.mode(mode)));
    const modes = element("div", "vw-group");
    modes.setAttribute("role", "group");
    modes.setAttribute("aria-label", "What a drag does");
    modes.append(...this.modes);
    this.grid = button("Grid", "Show the decoded plane behind the points", () =>
      actions.grid(!this.state!.gridShown),
    );
    const home = button("Reset view", "Show all points (R or 0, or double-click)", actions.home);
    this.clear = button("Clear", "Clear the selection (Esc)", actions.clear);
    this.colour.addEventListener("change", () => actions.colourBy(this.colour.value));
    parent.append(modes, this.grid, home, this.clear, labelled("Colour", "What colours the points", this.colour));
    if (latentDim <= 2) return;
    for (const [axis, name] of ["x", "y"].entries()) {
      const select = element("select", "vw-input");
      for (let dim = 0; dim < latentDim; dim++) select.append(new Option(`z[${dim}]`, String(dim)));
      select.addEventListener("change", () => {
        const dims = [...this.state!.dims];
        const chosen = Number(select.value);
        // Choosing the other axis' dimension swaps the two.
        if (dims[1 - axis] === chosen) dims[1 - axis] = dims[axis];
        dims[axis] = chosen;
        actions.dims(dims);
      });
      this.axes.push(select);
      parent.append(labelled(name, `Latent dimension along ${name}`, select));
    }
  }

  show(state: ControlState): void {
    this.state = state;
    this.modes.forEach((made, i) => press(made, MODES[i][0] === state.mode));
    press(this.grid, state.gridShown);
    this.clear.disabled = !state.anySelected;
    this.colour.replaceChildren(...state.colourChoices.map((name) => new Option(name, name)));
    const known = state.colourChoices.includes(state.colourBy);
    this.colour.value = known ? state.colourBy : "none";
    this.axes.forEach((select, axis) => (select.value = String(state.dims[axis])));
  }
}

function press(made: HTMLButtonElement, pressed: boolean): void {
  made.setAttribute("aria-pressed", String(pressed));
}

function labelled(text: string, name: string, control: HTMLElement): HTMLLabelElement {
  const label = element("label", "vw-scatter-label");
  control.setAttribute("aria-label", name);
  label.append(text, control);
  return label;
}
