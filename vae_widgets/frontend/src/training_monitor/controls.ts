/** The controls under the training curves: the run, the view of the curves, and the status. */

import type { AnyModel } from "@anywidget/types";
import "../controls/shell.css";
import "./controls.css";
import { KernelNotice } from "../controls/kernel_notice.ts";
import { listen } from "../kernel/listen.ts";
import { setAndPush, send } from "../kernel/sync.ts";
import { CurvePointer, type CurveReadout } from "./curve_pointer.ts";
import { button, element } from "../controls/shell.ts";
import { RunButtons, type RunState } from "./run_buttons.ts";

interface State {
  log_scale: boolean;
  smoothing: number;
  zoom: number[];
  panels: string[];
  shown: Partial<RunState>;
  readout: Partial<CurveReadout>;
}

// After this many seconds without a message the status says so: a long step, or a lost kernel.
const SILENCE = 15;
const PANELS: Record<string, [string, string]> = {
  latent: ["Latent", "KL of each latent dimension, reconstruction against KL, and beta"],
  replay: ["Replay", "Pictures and codes of past epochs"],
};

function render({ model, el }: { model: AnyModel<State>; el: HTMLElement }) {
  const root = element("div", "vw-widget vw-training-controls");
  const row = element("div", "vw-controls");
  const track = element("div", "vw-progress");
  track.role = "progressbar";
  track.ariaLabel = "Training progress";
  const bar = element("div", "vw-progress-bar");
  track.append(bar);
  const progress = element("span", "vw-progress-text");
  const options = element("div", "vw-controls vw-training-options");
  const status = element("div", "vw-status");
  // A screen reader speaks changes of state only, not ten updates a second.
  const spoken = element("div", "vw-training-warning");
  spoken.role = "status";
  spoken.ariaLive = "polite";
  const notice = new KernelNotice(model, "values under the pointer");
  root.append(row, options, status, spoken, notice.root);
  el.append(root);

  let waits = ""; // what waits for the kernel, while a cell blocks it
  const run = new RunButtons((kind, fields, label) => {
    const { run: number = 0, blocked } = model.get("shown");
    send(model, kind, { ...fields, run: number });
    waits = blocked ? `${label} waits until this cell ends; interrupting the kernel (■) acts now` : "";
    showStatus();
  });
  row.append(run.buttons, track, progress);
  const log = button("Log scale", "Logarithmic or linear values", () =>
    setAndPush(model, { log_scale: !model.get("log_scale") }),
  );
  const smooth = element("label", "vw-field vw-smoothing");
  const slider = element("input", "vw-input");
  Object.assign(slider, { type: "range", min: "0", max: "0.99", step: "0.01" });
  slider.title = "Moving average of the curves; the raw values stay visible behind it";
  slider.ariaLabel = "Smoothing";
  slider.addEventListener("input", () => setAndPush(model, { smoothing: slider.valueAsNumber }));
  smooth.append("Smooth", slider);
  const panels = Object.entries(PANELS).map(([name, [text, hint]]) => {
    const made = button(text, hint, () => {
      const open = model.get("panels");
      setAndPush(model, {
        panels: open.includes(name) ? open.filter((other) => other !== name) : [...open, name],
      });
    });
    made.dataset.panel = name;
    return made;
  });
  const unzoom = button("Whole run", "Show the whole run (double click on a curve)", () =>
    setAndPush(model, { zoom: [] }),
  );
  const look = element("span", "vw-training-look");
  look.append(unzoom, log, smooth, ...panels);
  options.append(run.settings, look);

  let heard = performance.now();
  let hovered = "";
  const showStatus = () => {
    const { state, status: text = "" } = model.get("shown");
    const seconds = Math.round((performance.now() - heard) / 1000);
    const silent = (state === "training" || state === "stopping") && seconds >= SILENCE;
    const line = hovered || waits || (silent ? `${text} · no news for ${seconds} s` : text);
    if (status.textContent !== line) status.textContent = line;
  };
  const timer = window.setInterval(showStatus, 1000);
  const pointer = new CurvePointer(el, {
    readout: () => model.get("readout"),
    hover: (text) => {
      hovered = text;
      showStatus();
    },
    zoom: (range) => setAndPush(model, { zoom: range }),
  });

  let seen = -1;
  const update = () => {
    heard = performance.now();
    const shown = model.get("shown");
    const { state = "waiting", fraction, run: number = 0 } = shown;
    const steerable = state === "training" || state === "paused";
    const acted = number !== seen || state !== root.dataset.state;
    if (acted || !shown.blocked || !steerable) waits = "";
    seen = number;
    root.dataset.state = state;
    run.update(shown);
    bar.style.width = `${100 * (fraction ?? 0)}%`;
    if (fraction == null) track.removeAttribute("aria-valuenow");
    else track.ariaValueNow = String(Math.round(100 * fraction));
    progress.textContent = shown.progress ?? "";
    if (spoken.textContent !== (shown.warning ?? "")) spoken.textContent = shown.warning ?? "";
    for (const panel of panels) panel.hidden = !shown.available?.includes(panel.dataset.panel!);
    mark();
    showStatus();
  };
  const mark = () => {
    const open = model.get("panels");
    log.ariaPressed = String(model.get("log_scale"));
    // A late answer must not move a slider that is being dragged.
    if (!slider.matches(":active")) slider.value = String(model.get("smoothing"));
    unzoom.hidden = !model.get("zoom").length;
    const monitor = root.closest(".vw-monitor");
    for (const panel of panels) {
      const name = panel.dataset.panel!;
      panel.ariaPressed = String(open.includes(name));
      monitor?.classList.toggle(`vw-open-${name}`, open.includes(name) && !panel.hidden);
    }
  };
  const stop = listen(model, {
    shown: update,
    readout: () => pointer.update(),
    log_scale: mark,
    smoothing: mark,
    zoom: mark,
    panels: mark,
  });
  update();
  // The monitor is around it only once it is in the page.
  const frame = requestAnimationFrame(mark);
  return () => {
    cancelAnimationFrame(frame);
    window.clearInterval(timer);
    pointer.close();
    stop();
    notice.close();
    root.remove();
  };
}

export default { render };
