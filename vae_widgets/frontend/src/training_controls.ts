/** Under the training curves: Stop, log/linear, progress, and what the run is doing, in words. */

import type { AnyModel } from "@anywidget/types";
import "./shell.css";
import "./training_controls.css";
import { button, element } from "./shell.ts";

interface Shown {
  state: "waiting" | "training" | "stopping" | "stopped" | "finished" | "interrupted";
  button: string;
  hint: string;
  fraction: number | null;
  progress: string;
  status: string;
  warning: string;
}

interface State {
  log_scale: boolean;
  shown: Partial<Shown>;
}

// A run that says nothing for so long is worth a word: a long step, or a kernel that is gone.
const SILENCE = 15;

function render({ model, el }: { model: AnyModel<State>; el: HTMLElement }) {
  const root = element("div", "vw-widget vw-training-controls");
  const row = element("div", "vw-controls");
  const stop = button("Stop", "", () => model.send({ type: "stop" }));
  stop.dataset.action = "stop";
  const log = button("Log scale", "Logarithmic or linear values", () => {
    model.set("log_scale", !model.get("log_scale"));
    model.save_changes();
  });
  const track = element("div", "vw-progress");
  track.setAttribute("role", "progressbar");
  track.setAttribute("aria-label", "Training progress");
  const bar = element("div", "vw-progress-bar");
  track.append(bar);
  const progress = element("span", "vw-progress-text");
  row.append(stop, log, track, progress);
  // Ten updates a second would drown a listener: only a change of state is spoken.
  const status = element("div", "vw-status");
  const spoken = element("div", "vw-training-warning");
  spoken.setAttribute("role", "status");
  spoken.setAttribute("aria-live", "polite");
  root.append(row, status, spoken);
  el.append(root);

  let heard = performance.now();
  const silent = () => {
    const { state, status: text = "" } = model.get("shown");
    const seconds = Math.round((performance.now() - heard) / 1000);
    const waits = (state === "training" || state === "stopping") && seconds >= SILENCE;
    status.textContent = waits ? `${text} · no news for ${seconds} s` : text;
  };
  const timer = window.setInterval(silent, 1000);

  const update = () => {
    heard = performance.now();
    const shown = model.get("shown");
    const { state = "waiting", fraction } = shown;
    root.dataset.state = state;
    stop.textContent = shown.button ?? "Stop";
    stop.title = shown.hint ?? "";
    stop.disabled = state !== "training";
    bar.style.width = `${100 * (fraction ?? 0)}%`;
    if (fraction == null) track.removeAttribute("aria-valuenow");
    else track.setAttribute("aria-valuenow", String(Math.round(100 * fraction)));
    progress.textContent = shown.progress ?? "";
    if (spoken.textContent !== (shown.warning ?? "")) spoken.textContent = shown.warning ?? "";
    silent();
  };
  const mark = () => log.setAttribute("aria-pressed", String(model.get("log_scale")));

  model.on("change:shown", update);
  model.on("change:log_scale", mark);
  update();
  mark();
  return () => {
    window.clearInterval(timer);
    model.off("change:shown", update);
    model.off("change:log_scale", mark);
    root.remove();
  };
}

export default { render };
