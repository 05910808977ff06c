/**
 * A widget that is made of others, in a host without the boxes of ipywidgets, such as marimo
 * (widgets/base/hosted_view.py).
 */

import type { AnyModel, Host } from "@anywidget/types";
import "../controls/shell.css";
import "./widget.css";
import { CONTROLS, follow, type PartsOfPage } from "../boxes/boxes.ts";
import { element } from "../controls/shell.ts";
import { findModel, frontEndModule, hostOf, type View } from "../kernel/front_end_module.ts";

interface State {
  /** "IPY_MODEL_..." of the widget. */
  root: string;
}

type Part = AnyModel<any>;


function render({ model, el }: View<State>) {
  const views = new AbortController();
  const root = element("div", "vw-hosted");
  el.append(root);
  const page = partsOf(model, hostOf(model));
  void page.find(model.get("root")).then((found) => {
    if (views.signal.aborted) return;
    if (found) page.show(found, root, views.signal);
    else root.textContent = "This widget cannot be shown here: its model was not found. Run its cell again.";
  });
  return () => {
    views.abort();
    root.remove();
  };
}

function partsOf(model: AnyModel<State>, host: Host | undefined): PartsOfPage<Part> {
  const refs = new WeakMap<Part, string>();
  const page: PartsOfPage<Part> = {
    async find(ref) {
      const found = await findModel(model, ref);
      if (found) refs.set(found, ref);
      return found;
    },
    // As the views of ipywidgets do.
    click: (button) => button.send({ event: "click" }),
    choose(choice, index) {
      choice.set("index", index);
      choice.save_changes();
    },
    show(part, el, signal) {
      let classes: string[] = [];
      follow(part, ["_dom_classes"], signal, () => {
        el.classList.remove(...classes);
        el.classList.add(...(classes = part.get("_dom_classes") ?? []));
      });
      void layOut(part, el, signal);
      const kind = String(part.get("_model_name") ?? "").replace(/Model$/, "");
      const view = { Any: refs.get(part), Figure: part.get("drawing") as string }[kind];
      if (view) void showView(view, el, signal);
      else CONTROLS[kind]?.(part, el, signal, page);
    },
  };

  async function layOut(part: Part, el: HTMLElement, signal: AbortSignal): Promise<void> {
    const ref: unknown = part.get("layout");
    const layout = typeof ref === "string" ? await findModel(model, ref) : null;
    if (!layout || signal.aborted) return;
    follow(layout, LAYOUT, signal, () => {
      for (const name of LAYOUT) {
        const value: unknown = layout.get(name);
        el.style.setProperty(name.replaceAll("_", "-"), typeof value === "string" ? value : null);
      }
    });
  }

  async function showView(ref: string, el: HTMLElement, signal: AbortSignal): Promise<void> {
    try {
      if (!host) throw new Error("this page shows no widget inside another one");
      const widget = await host.getWidget(`anywidget:${ref.replace("IPY_MODEL_", "")}`);
      if (!signal.aborted) await widget.render({ el, signal });
    } catch (error) {
      el.textContent = `This part cannot be shown: ${error instanceof Error ? error.message : error}.`;
    }
  }

  return page;
}

/** The traits of ipywidgets' layouts. */
const LAYOUT = [
  ...["align_content", "align_items", "align_self", "border_bottom", "border_left", "border_right", "border_top"],
  ...["bottom", "display", "flex", "flex_flow", "height", "justify_content", "justify_items", "left", "margin"],
  ...["max_height", "max_width", "min_height", "min_width", "object_fit", "object_position", "order", "overflow"],
  ...["padding", "right", "top", "visibility", "width"],
];

export default frontEndModule(render);
