/** The tabs of an Explorer (widgets/explorer/tabs.py), and its layout: panels beside or below the scatter. */

import "../controls/shell.css";
import "./tabs.css";
import { onResize } from "../canvas/resize.ts";
import { onKey } from "../controls/keys.ts";
import { element, mount } from "../controls/shell.ts";
import { whole } from "../format/numbers.ts";
import { frontEndModule, type View } from "../kernel/front_end_module.ts";
import { listen } from "../kernel/listen.ts";
import { setAndPush } from "../kernel/sync.ts";

interface State {
  panel: string;
  counts: Record<string, number>;
}

/** Name, label and tooltip of each panel. */
const PANELS: [string, string, string][] = [
  ["selection", "Selection", "The samples that are selected in the latent space"],
  ["slide", "Slide", "Interpolate between two points of the latent space"],
  ["threshold", "Threshold", "Choose from which anomaly score on a sample is flagged"],
  ["review", "Review", "Mark the flagged samples as true or false alarms"],
];
/** From this width on, in CSS pixels, there is room for the panel beside the scatter. */
const WIDE = 800;

function render({ model, el }: View<State>) {
  const root = element("div", "vw-widget vw-tabs");
  root.role = "tablist";
  root.ariaLabel = "Panels of the Explorer";
  const tabs = PANELS.map(([name, text, hint], i) => {
    const tab = element("button", "vw-tab", text);
    tab.role = "tab";
    tab.title = hint;
    tab.append(element("span", "vw-tab-count"));
    tab.addEventListener("click", () => setAndPush(model, { panel: name }));
    onKey(tab, (key) => {
      const to = { ArrowLeft: i - 1, ArrowRight: i + 1, Home: 0, End: -1 }[key];
      const next = to !== undefined && tabs.at(to % tabs.length)!;
      if (!next) return false;
      next.focus();
      next.click();
      return true;
    });
    root.append(tab);
    return tab;
  });
  mount(el, root);

  const show = () => {
    const explorer = root.closest<HTMLElement>(".vw-explorer");
    if (explorer) {
      explorer.dataset.panel = model.get("panel");
      explorer.classList.toggle("vw-wide", explorer.clientWidth >= WIDE);
    }
    tabs.forEach((tab, i) => {
      const [name] = PANELS[i];
      const chosen = name === model.get("panel");
      tab.ariaSelected = String(chosen);
      tab.tabIndex = chosen ? 0 : -1;
      tab.toggleAttribute("data-vw-main", chosen); // keeps the focus after a click
      const count = model.get("counts")[name];
      tab.querySelector("span")!.textContent = count ? whole(count) : "";
    });
  };
  const stop = listen(model, { panel: show, counts: show });
  show();
  // The tabs are as wide as the Explorer or half of it: their size follows, also when they are attached.
  const stopResize = onResize(root, show);
  return () => {
    stop();
    stopResize();
    root.remove();
  };
}

export default frontEndModule(render);
