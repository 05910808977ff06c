/** Title and legend of the training curves. A click on an entry hides or shows its lines. */

import type { AnyModel } from "@anywidget/types";
import "../controls/shell.css";
import "./legend.css";
import { KernelNotice } from "../controls/kernel_notice.ts";
import { listen } from "../kernel/listen.ts";
import { setAndPush } from "../kernel/sync.ts";
import { button, element } from "../controls/shell.ts";

interface State {
  title: string;
  entries: { name: string; label: string; colour: string }[];
  runs: { name: string; colour: string }[];
  validation: boolean;
  hidden: string[];
}

function render({ model, el }: { model: AnyModel<State>; el: HTMLElement }) {
  const root = element("div", "vw-widget vw-legend");
  const row = element("div", "vw-title");
  const title = element("span", "vw-name");
  const entries = element("span", "vw-title");
  const key = element("span", "vw-legend-key");
  for (const kind of ["training", "validation"]) {
    key.append(
      element("span", `vw-legend-dash vw-legend-dash-${kind}`),
      element("span", "", kind),
    );
  }
  row.append(title, entries, key);
  const notice = new KernelNotice(model);
  root.append(row, notice.root);
  el.append(root);

  const toggle = (name: string) => {
    const hidden = model.get("hidden");
    const others = hidden.filter((other) => other !== name);
    setAndPush(model, { hidden: hidden.includes(name) ? others : [...hidden, name] });
  };
  const entry = (name: string, label: string, colour: string, thin: boolean) => {
    const made = button("", `Show or hide ${label}`, () => toggle(name));
    made.classList.add("vw-legend-entry");
    made.classList.toggle("vw-legend-run", thin);
    made.dataset.name = name;
    const swatch = element("span", "vw-legend-swatch");
    swatch.style.background = colour;
    made.append(swatch, label);
    return made;
  };
  const mark = () => {
    const hidden = model.get("hidden");
    for (const made of entries.querySelectorAll<HTMLElement>(".vw-legend-entry")) {
      made.ariaPressed = String(!hidden.includes(made.dataset.name!));
    }
  };
  const update = () => {
    title.textContent = model.get("title");
    key.style.visibility = model.get("validation") ? "visible" : "hidden";
    entries.replaceChildren(
      ...model.get("entries").map(({ name, label, colour }) => entry(name, label, colour, false)),
      ...model.get("runs").map(({ name, colour }) => entry(`run:${name}`, name, colour, true)),
    );
    mark();
  };

  const stop = listen(model, {
    title: update,
    entries: update,
    runs: update,
    validation: update,
    hidden: mark,
  });
  update();
  return () => {
    stop();
    notice.close();
    root.remove();
  };
}

export default { render };
