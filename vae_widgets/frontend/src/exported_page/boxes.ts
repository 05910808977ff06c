/** The widgets of ipywidgets that ours are put together with: boxes, buttons, texts, choices. */

import { element } from "../controls/shell.ts";
import { DetailText } from "../controls/detail_text.ts";
import type { PageModel } from "./page_model.ts";

/** Shows a model in an element. */
export type Show = (model: PageModel, el: HTMLElement) => void;

type Draw = (model: PageModel, el: HTMLElement, show: Show) => void;

/** By the name of a class of ipywidgets. */
export const CONTROLS: Record<string, Draw> = {
  Stack: (model, el, show) => {
    box(model, el, show, "vbox");
    const choose = () =>
      [...el.children].forEach((child, i) => child.toggleAttribute("hidden", i !== model.get("selected_index")));
    model.on("change:selected_index", choose);
    model.on("change:children", choose);
    choose();
  },
  HBox: (model, el, show) => box(model, el, show, "hbox"),
  VBox: (model, el, show) => box(model, el, show, "vbox"),
  Box: (model, el, show) => box(model, el, show, "hbox"),
  Button: (model, el) => {
    const made = element("button", "jupyter-button vw-page-button");
    made.type = "button";
    made.addEventListener("click", () => model.trigger("click"));
    follow(model, ["description", "tooltip", "disabled"], () => {
      made.textContent = model.get("description");
      made.title = model.get("tooltip") ?? "";
      made.disabled = Boolean(model.get("disabled"));
    });
    el.append(made);
  },
  ToggleButtons: (model, el) => {
    const group = element("div", "vw-page-choices");
    group.role = "group";
    follow(model, ["_options_labels", "index"], () => {
      const labels = model.get("_options_labels") as string[];
      if (group.childElementCount !== labels.length || labels.some((label, i) => group.children[i].textContent !== label)) {
        group.replaceChildren(
          ...labels.map((label, i) => {
            const made = element("button", "jupyter-button vw-page-button", label);
            made.type = "button";
            made.addEventListener("click", () => model.commit({ index: i }));
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
  // What needs Python is not offered.
  BootstrapPanel: (_, el) => el.remove(),
  HTML: (model, el) => {
    const text = new DetailText("vw-page-html");
    el.append(text.root);
    follow(model, ["value"], () => text.show(model.get("value")));
  },
};

function box(model: PageModel, el: HTMLElement, show: Show, kind: "hbox" | "vbox"): void {
  el.classList.add("widget-box", `widget-${kind}`); // the names of ipywidgets
  follow(model, ["children"], () => {
    el.replaceChildren();
    for (const id of model.get("children") as string[]) {
      const child = element("div", "vw-page-part");
      el.append(child);
      void model.widget_manager.get_model(id).then((part) => show(part, child), () => child.remove());
    }
  });
}

function follow(model: PageModel, names: string[], update: () => void): void {
  for (const name of names) model.on(`change:${name}`, update);
  update();
}
