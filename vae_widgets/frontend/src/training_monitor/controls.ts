/** The controls under the training curves: the run, the view of the curves, and the status. */

import "../controls/shell.css";
import "./controls.css";
import { KernelNotice } from "../controls/kernel_notice.ts";
import { onKey, setMainPart } from "../controls/keys.ts";
import { frontEndModule, type View } from "../kernel/front_end_module.ts";
import { listen } from "../kernel/listen.ts";
import { setAndPush, send } from "../kernel/sync.ts";
import { CurveEvents } from "./curve_events.ts";
import { STATUS } from "./curve_overlay.ts";
import { CurvePointer, type CurveReadout } from "./curve_pointer.ts";
import { button, element, mount } from "../controls/shell.ts";
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
  latent: ["Latent", "Show the KL of each latent dimension, the reconstruction loss against the KL, and beta"],
  replay: ["Replay", "Show the pictures and the codes (z_mean) of an earlier epoch"],
};

function render({ model, el }: View<State>) {
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
  mount(el, root);

  let waits = ""; // what waits for the kernel, while a cell blocks it
  const run = new RunButtons((kind, fields, label) => {
    const { run: number = 0, blocked } = model.get("shown");
    send(model, kind, { ...fields, run: number });
    waits = blocked ? `${label} waits until this cell ends; interrupting the kernel (■) acts now` : "";
    showStatus();
  });
  row.append(run.buttons, track, progress);
  const log = button("Log scale", "Draw the values on a logarithmic axis", () =>
    setAndPush(model, { log_scale: !model.get("log_scale") }),
  );
  const smooth = element("label", "vw-field vw-smoothing");
  const slider = element("input", "vw-input");
  Object.assign(slider, { type: "range", min: "0", max: "0.99", step: "0.01" });
  slider.title = "Draw moving averages; pale lines show the values before smoothing";
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
  const unzoom = button("Reset zoom", "Show the whole run (0, or double-click on a curve; + and - zoom, arrows move)", () =>
    setAndPush(model, { zoom: [] }),
  );
  const look = element("span", "vw-training-look");
  look.append(unzoom, log, smooth, ...panels);
  options.append(run.settings, look);

  let heard = performance.now();
  let hovered = "";
  let saved = ""; // what Export says, for a while
  const showSaved = (event: Event) => {
    if (!(event.target as Element).closest(".vw-monitor")?.contains(root)) return;
    const text = (saved = (event as CustomEvent<string>).detail);
    showStatus();
    window.setTimeout(() => {
      if (saved === text) saved = "";
      showStatus();
    }, 5000);
  };
  document.addEventListener(STATUS, showSaved);
  const showStatus = () => {
    const { state, status: text = "" } = model.get("shown");
    const seconds = Math.round((performance.now() - heard) / 1000);
    const silent = (state === "training" || state === "stopping") && seconds >= SILENCE;
    const line = hovered || waits || saved || (silent ? `${text} · no news for ${seconds} s` : text);
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

  setMainPart(root, -1);
  const zoomByKey = (key: string) => {
    const [low, high] = model.get("readout").limits ?? [0, 1];
    const zoomed = model.get("zoom").length > 0;
    const [middle, half] = [(low + high) / 2, (high - low) / 2];
    const around = (centre: number, reach: number) =>
      setAndPush(model, { zoom: [centre - reach, centre + reach] });
    if (key === "+" || key === "=") around(middle, half / 2);
    else if (!zoomed) return false;
    else if (key === "-") around(middle, 2 * half);
    else if (key === "ArrowLeft") around(middle - half / 2, half);
    else if (key === "ArrowRight") around(middle + half / 2, half);
    else if (key === "0") setAndPush(model, { zoom: [] });
    else return false;
    return true;
  };
  let stopKeys = () => {};
  const events = new CurveEvents(el);
  const showReadout = () => {
    const { events: named = [], limits = [0, 1] } = model.get("readout");
    events.show(named, limits);
    pointer.update();
  };

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
    readout: showReadout,
    log_scale: mark,
    smoothing: mark,
    zoom: mark,
    panels: mark,
  });
  update();
  showReadout();
  // The monitor is around it only once it is in the page.
  const frame = requestAnimationFrame(() => {
    mark();
    stopKeys = onKey(root.closest<HTMLElement>(".vw-monitor") ?? root, zoomByKey); // also from the curves
  });
  return () => {
    cancelAnimationFrame(frame);
    window.clearInterval(timer);
    document.removeEventListener(STATUS, showSaved);
    pointer.close();
    events.close();
    stopKeys();
    stop();
    notice.close();
    root.remove();
  };
}

export default frontEndModule(render);
