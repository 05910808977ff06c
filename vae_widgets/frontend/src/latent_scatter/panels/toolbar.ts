/** The toolbar under a scatter: drag modes, buttons and axes. */

import { onKey } from "../../controls/keys.ts";
import { button, element, type Shell } from "../../controls/shell.ts";
import { setAndPush } from "../../kernel/sync.ts";
import type { Model, State } from "../state/model.ts";
import type { Axis, Mode } from "../state/protocol.ts";
import { select, setOptions } from "./select.ts";

/** What buttons do beyond setting a trait (latent_scatter/actions.ts). */
export interface ToolbarActions {
  resetView(): void;
  clearSelection(): void;
  selectAll(): void;
  invertSelection(): void;
  findSample(): void;
}

interface ToolbarButton {
  label: string;
  /** The tooltip, which also names the keys. */
  title: string;
  /** Keys that do the same while the plot has the focus. */
  keys?: string[];
  action(model: Model, actions: ToolbarActions): void;
  /** For a button that stays pressed. */
  pressed?(model: Model): boolean;
  /** Whether it opens a drawer under the toolbar. */
  opens?: boolean;
  disabled?(model: Model): boolean;
  hidden?(model: Model): boolean;
}

/** What is shown behind the points. */
const LAYERS: ToolbarButton[] = [
  { label: "Grid", title: "Show the decoded plane behind the points", ...toggle("grid") },
  {
    label: "Prior",
    title: "Show rings that contain 50, 90 and 99 % of the prior on this plane",
    ...toggle("prior"),
    hidden: hasNoPrior,
  },
  {
    label: "Density",
    title:
      "Show where the codes of all samples lie: q(z), the mean of their posteriors, and its densest 50 and 90 %",
    ...toggle("density"),
    hidden: hasNoPrior,
  },
];
/** A new button is one more entry here. An action that is more than a trait goes to `ToolbarActions`. */
const BUTTONS: ToolbarButton[] = [
  {
    label: "Reset",
    title: "Show all points (R or 0, or double-click)",
    keys: ["r", "0"],
    action: (_model, actions) => actions.resetView(),
  },
  {
    label: "Clear",
    title: "Clear the selection (Esc)",
    keys: ["Escape"],
    action: (_model, actions) => actions.clearSelection(),
    disabled: (model) => !model.get("selection").shape[0],
  },
];
const DIMENSIONS: ToolbarButton = {
  label: "Dimensions",
  title: "List all dimensions, and move those that are not shown",
  ...toggle("_dims_shown"),
  opens: true,
  hidden: hasNoChoice,
};
const POINTS: ToolbarButton = {
  label: "Points",
  title: "Find a sample, select all or the others, size and opacity of points",
  ...toggle("_points_shown"),
  opens: true,
};
const SAVE: ToolbarButton = {
  label: "Save",
  title: "Bookmarks, moving along an attribute, this view as Python",
  ...toggle("_save_shown"),
  opens: true,
};

/** Keys of what is in the drawer "Points". */
const KEYS: Record<string, (actions: ToolbarActions) => void> = {
  a: (actions) => actions.selectAll(),
  i: (actions) => actions.invertSelection(),
  f: (actions) => actions.findSample(),
};

const MODES: { mode: Mode; label: string; title: string; status: string }[] = [
  {
    mode: "pick",
    label: "Pick",
    title: "Click or drag to decode. Keys: arrows move the crosshair, Enter picks",
    status:
      "Hover or drag: decode. Click: pick. Shift-drag: lasso. Wheel: zoom after a click, or with Ctrl.",
  },
  {
    mode: "pan",
    label: "Pan",
    title: "Drag to move the plane. Keys: arrows up to the edge and beyond",
    status: "Drag: move. Click: decode. Wheel: zoom after a click, or with Ctrl. R: reset.",
  },
  {
    mode: "lasso",
    label: "Lasso",
    title:
      "Draw around points to select them (Shift-drag). Keys: Enter starts and ends it, Space selects one",
    status: "Draw around points to select them. Ctrl adds, Alt removes, Esc clears. Click: decode.",
  },
  {
    mode: "box",
    label: "Box",
    title: "Drag a box around points to select them. Keys: Enter starts and ends it, Space selects one",
    status: "Drag a box to select points. Ctrl adds, Alt removes, Esc clears. Click: decode.",
  },
];

export class Toolbar {
  readonly close: () => void;
  readonly #model: Model;
  readonly #shell: Shell;
  readonly #modes: HTMLButtonElement[];
  readonly #buttons: [ToolbarButton, HTMLButtonElement][] = [];
  readonly #projection: HTMLSelectElement;
  readonly #axes: HTMLSelectElement[];
  /** What the choices of the axes list. */
  #listed: Axis[] = [];
  readonly #dimensions = element("div", "vw-scatter-axes");

  /** The keys of the buttons work on `canvas`, unless something else handles them first. */
  constructor(model: Model, shell: Shell, canvas: HTMLElement, actions: ToolbarActions) {
    this.#model = model;
    this.#shell = shell;
    this.#modes = MODES.map(({ mode, label, title }) =>
      button(label, title, () => {
        setAndPush(model, { mode });
        this.showHint();
      }),
    );
    const make = (specs: ToolbarButton[]) =>
      specs.map((spec) => {
        const made = button(spec.label, spec.title, () => spec.action(model, actions));
        this.#buttons.push([spec, made]);
        return made;
      });
    shell.controls.append(
      group("What a drag does", this.#modes),
      group("What is shown behind the points", make(LAYERS)),
      group("View and selection", make(BUTTONS)),
      group("Drawers", make([POINTS, SAVE])),
      ...make([DIMENSIONS]),
      this.#dimensions,
    );
    this.#projection = select(this.#dimensions, "Axes", "Coordinates that are shown", (name) => {
      setAndPush(model, { projection: name });
      shell.setStatus("Waiting for the kernel to show other coordinates.");
    });
    this.#axes = ["x", "y"].map((name, axis) =>
      select(this.#dimensions, name, `Latent dimension along ${name}`, (value) =>
        this.#setAxis(axis, Number(value)),
      ),
    );
    this.close = onKey(canvas, (key) => {
      const spec = this.#buttons.map(([each]) => each).find(({ keys }) => keys?.includes(key));
      spec?.action(model, actions);
      if (!spec) KEYS[key]?.(actions);
      return Boolean(spec) || key in KEYS;
    });
  }

  /** Show in the status line what the mode is for. */
  showHint(): void {
    const mode = this.#model.get("mode");
    this.#shell.setStatus(MODES.find((each) => each.mode === mode)!.status);
  }

  show(): void {
    const model = this.#model;
    MODES.forEach(({ mode }, i) => setPressed(this.#modes[i], mode === model.get("mode")));
    for (const [{ pressed, opens, disabled, hidden }, made] of this.#buttons) {
      if (pressed) setPressed(made, pressed(model));
      if (opens) made.ariaExpanded = String(pressed!(model));
      made.disabled = disabled?.(model) ?? false;
      made.hidden = hidden?.(model) ?? false;
    }
    const projections = model.get("_projections");
    setOptions(this.#projection, projections, model.get("projection"));
    const axes = model.get("_axes");
    this.#axes.forEach((select, axis) => {
      if (axes !== this.#listed) select.replaceChildren(...axes.map(option));
      select.value = String(model.get("dims")[axis]);
      select.disabled = axes.length <= 2;
    });
    this.#listed = axes;
    this.#dimensions.hidden = hasNoChoice(model);
    this.#shell.root.classList.toggle("vw-dims-open", model.get("_dims_shown")); // for explorer/tabs.css
  }

  #setAxis(axis: number, dim: number): void {
    const dims = [...this.#model.get("dims")];
    // Choosing the dimension of the other axis swaps the two.
    if (dims[1 - axis] === dim) dims[1 - axis] = dims[axis];
    dims[axis] = dim;
    setAndPush(this.#model, { dims });
    this.#shell.setStatus("Waiting for the kernel to show other dimensions.");
  }
}

/** The traits that are on or off. */
type Switch = { [Name in keyof State]: State[Name] extends boolean ? Name : never }[keyof State];

/** A button that switches a trait on and off. */
function toggle(trait: Switch) {
  return {
    action: (model: Model) => setAndPush(model, { [trait]: !model.get(trait) } as Partial<State>),
    pressed: (model: Model) => model.get(trait),
  };
}

/** With two dimensions there are no others. */
function hasNoChoice(model: Model): boolean {
  return model.get("_axes").length <= 2 && model.get("_projections").length <= 2;
}

function hasNoPrior(model: Model): boolean {
  return !model.get("_prior").length;
}

function setPressed(made: HTMLButtonElement, pressed: boolean): void {
  made.ariaPressed = String(pressed);
}

/** Buttons side by side, which stay in one row. */
function group(name: string, buttons: HTMLButtonElement[]): HTMLElement {
  const made = element("div", "vw-group");
  made.role = "group";
  made.ariaLabel = name;
  made.append(...buttons);
  return made;
}

function option({ index, name, note, collapsed }: Axis): HTMLOptionElement {
  const text = [name, note, collapsed ? "collapsed" : ""].filter(Boolean).join(" · ");
  const made = new Option(text, String(index));
  made.className = collapsed ? "vw-collapsed" : "";
  return made;
}
