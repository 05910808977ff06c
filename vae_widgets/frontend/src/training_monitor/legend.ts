/** Title and legend of the training curves. A click on an entry hides or shows its lines. */

import "../controls/shell.css";
import "./legend.css";
import { exportMenu, pictureFile } from "../controls/export_menu.ts";
import { KernelNotice } from "../controls/kernel_notice.ts";
import { frontEndModule, type View } from "../kernel/front_end_module.ts";
import { listen } from "../kernel/listen.ts";
import { FileRequest } from "../kernel/file_request.ts";
import { setAndPush } from "../kernel/sync.ts";
import { button, element, mount } from "../controls/shell.ts";
import { STATUS } from "./curve_overlay.ts";
import { pictureOf } from "../canvas/picture.ts";

interface State {
  title: string;
  entries: { name: string; label: string; colour: string }[];
  runs: { name: string; colour: string }[];
  /** Kinds of lines and marks to explain. */
  key: string[];
  hidden: string[];
}

const KEY: Record<string, [text: string, hint: string]> = {
  training: ["training", "Full lines: values on the training data"],
  validation: ["validation", "Dashed lines: values on the validation data"],
  batch: ["each batch", "Pale lines: values after each batch"],
  unsmoothed: ["unsmoothed", "Pale lines: the values before smoothing"],
  best: ["best epoch", "The epoch with the lowest loss on the validation data, or else on the training data"],
};

function render({ model, el }: View<State>) {
  const root = element("div", "vw-widget vw-legend");
  const row = element("div", "vw-title");
  const title = element("span", "vw-name");
  const entries = element("span", "vw-title vw-legend-entries");
  const key = element("span", "vw-legend-key");
  // The page has the curves with fewer points; all of them are in the kernel.
  const history = new FileRequest(model, "history");
  const menu = exportMenu(
    [
      {
        ...pictureFile("training", root),
        make: () => pictureOf(root.closest<HTMLElement>(".vw-monitor") ?? root),
      },
      {
        label: "History (CSV)",
        hint: "Save all metrics of this run, for each epoch and each step",
        name: "training.csv",
        make: async () => new Blob([(await history.ask()).csv!], { type: "text/csv" }),
      },
    ],
    (text) => root.dispatchEvent(new CustomEvent(STATUS, { bubbles: true, detail: text })),
  );
  const lines = element("div", "vw-title vw-legend-lines");
  lines.append(title, entries, key);
  row.append(lines, menu);
  const notice = new KernelNotice(model);
  root.append(row, notice.root);
  mount(el, root);

  const toggle = (name: string) => {
    const hidden = model.get("hidden");
    const others = hidden.filter((other) => other !== name);
    setAndPush(model, { hidden: hidden.includes(name) ? others : [...hidden, name] });
  };
  const entry = (name: string, label: string, colour: string, thin: boolean) => {
    const made = button("", `Show or hide the curves of ${label}`, () => toggle(name));
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
    key.replaceChildren(
      ...model.get("key").map((kind) => {
        const [text, hint] = KEY[kind];
        const made = element("span", "vw-legend-kind");
        made.title = hint;
        made.append(element("span", `vw-legend-mark vw-legend-${kind}`), text);
        return made;
      }),
    );
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
    key: update,
    hidden: mark,
  });
  update();
  return () => {
    stop();
    history.close();
    notice.close();
    root.remove();
  };
}

export default frontEndModule(render);
