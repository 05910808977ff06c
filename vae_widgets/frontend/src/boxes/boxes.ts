/**
 * The widgets of ipywidgets that ours are put together with, for pages without ipywidgets: boxes,
 * buttons, texts, choices.
 */

import "./boxes.css";
import { element } from "../controls/shell.ts";
import { DetailText } from "../controls/detail_text.ts";

/** The model of a widget, of ours or of ipywidgets. */
export interface PartModel {
  get(name: string): any;
  on(event: string, changed: () => void): void;
  off(event: string, changed: () => void): void;
}

/** What a page does with the models of widgets. */
export interface PartsOfPage<M extends PartModel> {
  /** The model that "IPY_MODEL_..." names; null if the page does not have it. */
  find(ref: string): Promise<M | null>;
  /** Show a model in an element until the signal is aborted. */
  show(model: M, el: HTMLElement, signal: AbortSignal): void;
  /** A button was clicked. */
  click(model: M): void;
  /** An entry of a choice was clicked. */
  choose(model: M, index: number): void;
}

type Draw = <M extends PartModel>(model: M, el: HTMLElement, signal: AbortSignal, page: PartsOfPage<M>) => void;

/** By the name of a class of ipywidgets. */
export const CONTROLS: Record<string, Draw> = {
  Stack: (model, el, signal, page) => {
    const choose = () =>
      [...el.children].forEach((child, i) => child.toggleAttribute("hidden", i !== model.get("selected_index")));
    box(model, el, signal, page, "vbox");
    follow(model, ["selected_index", "children"], signal, choose);
  },
  HBox: (model, el, signal, page) => box(model, el, signal, page, "hbox"),
  VBox: (model, el, signal, page) => box(model, el, signal, page, "vbox"),
  Box: (model, el, signal, page) => box(model, el, signal, page, "hbox"),
  Button: (model, el, signal, page) => {
    const made = element("button", "jupyter-button vw-page-button");
    made.type = "button";
    made.addEventListener("click", () => page.click(model));
    follow(model, ["description", "tooltip", "disabled"], signal, () => {
      made.textContent = model.get("description");
      made.title = model.get("tooltip") ?? "";
      made.disabled = Boolean(model.get("disabled"));
    });
    el.append(made);
  },
  ToggleButtons: (model, el, signal, page) => {
    const group = element("div", "vw-page-choices");
    group.role = "group";
    follow(model, ["_options_labels", "index"], signal, () => {
      const labels = model.get("_options_labels") as string[];
      if (group.childElementCount !== labels.length || labels.some((label, i) => group.children[i].textContent !== label)) {
        group.replaceChildren(
          ...labels.map((label, i) => {
            const made = element("button", "jupyter-button vw-page-button", label);
            made.type = "button";
            made.addEventListener("click", () => page.choose(model, i));
            return made;
          }),
        );
      }
      [...group.children].forEach((made, i) => {
        made.classList.toggle("mod-active", i === model.get("index"));
        made.ariaPressed = String(i === model.get("index"));
      });
    });
    el.append(group);
  },
  Label: (model, el, signal) => follow(model, ["value"], signal, () => (el.textContent = model.get("value"))),
  HTML: (model, el, signal) => {
    const text = new DetailText("vw-page-html");
    el.append(text.root);
    follow(model, ["value"], signal, () => text.show(model.get("value")));
  },
};

function box<M extends PartModel>(
  model: M,
  el: HTMLElement,
  signal: AbortSignal,
  page: PartsOfPage<M>,
  kind: "hbox" | "vbox",
): void {
  el.classList.add("vw-page-box", "widget-box", `widget-${kind}`); // the last two are of ipywidgets
  let views = new AbortController();
  signal.addEventListener("abort", () => views.abort(), { once: true });
  follow(model, ["children"], signal, () => {
    views.abort(); // those of the children before
    views = new AbortController();
    const { signal: shown } = views;
    el.replaceChildren();
    for (const ref of model.get("children") as string[]) {
      const child = element("div", "vw-page-part");
      el.append(child);
      void page.find(ref).then((part) => {
        if (!part) child.remove();
        else if (!shown.aborted) page.show(part, child, shown);
      });
    }
  });
}

/** Run `update` now, and when a trait changes. */
export function follow(model: PartModel, names: string[], signal: AbortSignal, update: () => void): void {
  for (const name of names) {
    model.on(`change:${name}`, update);
    signal.addEventListener("abort", () => model.off(`change:${name}`, update), { once: true });
  }
  update();
}
