/** Histogram of anomaly scores with a threshold (widgets/anomaly_histogram/histogram_canvas.py). */

import "./figure.css";
import "./histogram_canvas.css";
import { exportMenu } from "../controls/export_menu.ts";
import { HistogramFiles } from "./export.ts";
import { KeptState } from "../storage/kept_state.ts";
import { MethodField, MethodRefusal, type Parameters, type Refused } from "./method_field.ts";
import { History, onUndo, type Step } from "../controls/history.ts";
import { NumberField } from "../controls/number_field.ts";
import { measure, type Metrics } from "./counts.ts";
import { onThresholdDrag } from "./threshold_drag.ts";
import { legendOf } from "./legend.ts";
import { HistogramPlot } from "./plot.ts";
import { LinkedViews } from "./linked_views.ts";
import { readHistogram, type State } from "./state.ts";
import { Readout } from "./readout.ts";
import { button, createShell, element } from "../controls/shell.ts";
import { Channel } from "../kernel/channel.ts";
import { frontEndModule, type View } from "../kernel/front_end_module.ts";
import { listen } from "../kernel/listen.ts";
import { setAndPush, send } from "../kernel/sync.ts";
import { asTyped, digitsApart, digitsFor, percent, plain, whole } from "../format/numbers.ts";

function render({ model, el }: View<State>) {
  const shell = createShell(el, "Anomaly scores", model, "threshold, curves");
  shell.root.classList.add("vw-scores");
  const legend = element("span", "vw-scores-legend");
  shell.title.append(legend);
  const warning = element("div", "vw-scores-warning");
  warning.role = "alert";
  shell.title.after(warning);

  let histogram = readHistogram(model);
  let live: number | null = null; // the threshold while it moves; the model has the committed one
  let dragging = false;
  let asked = 0; // the number of the message that asked for a method last
  let step: Step | null = null; // what the user did to ask for it
  const history = History.of(model);

  const shown = () => live ?? model.get("threshold");
  const digits = () => {
    const { low, high, step } = histogram.counts;
    const known = digitsFor(Math.max(Math.abs(low), Math.abs(high)), step);
    const { threshold, around } = model.get("_counted");
    const near = threshold === shown() ? around.filter((score) => score !== null) : [];
    return digitsApart([above() ?? shown(), ...near], known);
  };

  /** Metrics of the threshold in the picture; null until the kernel counted one off the grid. */
  function metrics(): Metrics | null {
    const { counts } = histogram;
    const { threshold, at_or_above, reviewed } = model.get("_counted");
    // With labels that came meanwhile the counts are of other classes.
    if (threshold === shown() && at_or_above.length === counts.totals.length) {
      const [precision, low, high, drawn] = (reviewed ?? []).map((value) => value ?? NaN);
      return measure(at_or_above, counts.totals, reviewed && { precision, low, high, drawn });
    }
    const flagged = counts.flaggedAt(shown());
    return flagged && measure(flagged, counts.totals, counts.reviewedAt(shown()));
  }

  /** The score that the threshold lies right above, by less than the digits show. */
  function above(): number | null {
    const { threshold, above } = model.get("_counted");
    return threshold === shown() ? above : null;
  }

  /** The line, which is beside the bar of a tie that it lies right above, and not before it. */
  function drawnAt(): number {
    if (above() === null) return shown();
    return histogram.counts.afterLastUnflagged(shown(), model.get("_counted").at_or_above);
  }

  const picture = new HistogramPlot(shell.picture, () => ({
    histogram,
    drawnAt: drawnAt(),
    label: `flagged ${above() === null ? "\u2265" : ">"} ${plain(above() ?? shown(), digits())}`,
  }));
  const { canvas } = picture;

  const files = new HistogramFiles(model, shell.root, () => histogram);
  shell.title.append(exportMenu(files.all, shell.setStatus));

  // -- controls ----------------------------------------------------------------------------------

  const typed = new NumberField(
    "Flag \u2265",
    "Threshold",
    "The threshold: samples with a score of at least this are flagged",
    "",
    {},
    (value) => commit(value!),
  );
  const rate = new NumberField(
    "or top",
    "Percentage to flag",
    "The threshold that flags at most this share of all samples",
    "%",
    { min: 0, max: 100, step: 0.5 },
    (value) => ask("percentile", { percentile: 100 - value! }),
  );
  const ask = (method: string, parameters: Parameters) => {
    step = { undo: backToPresent(), redo: () => choose(method, parameters) };
    history.add(step);
    step.redo();
  };
  const choose = (method: string, parameters: Parameters) => {
    live = null;
    refuse(null);
    asked = send(model, "method", { method, parameters }).seq;
    show(); // what holds until the answer comes
  };
  const refuse = (refused: Refused | null) =>
    refusal.show(refused, refused?.method === model.get("method"));
  let refusal = new MethodRefusal(model.get("methods"), ask, () => refuse(null));
  const toggle = (name: "log_counts" | "full_range", text: string, hint: string) =>
    button(text, hint, () => {
      setAndPush(model, { [name]: !model.get(name) });
    });
  const log = toggle("log_counts", "Log counts", "Show rare scores beside frequent ones");
  const full = toggle("full_range", "Full range", "Show the extreme scores too");
  const methodField = () => new MethodField(model.get("methods"), ask, [log, full]);
  let method = methodField();
  shell.controls.append(typed.root, rate.root, method.root);
  let readout = new Readout(false, false);
  let allowed = ""; // what the labels allow to be read
  shell.controls.after(readout.root);
  shell.notice.root.before(refusal.root);
  const points = new LinkedViews(model);

  // -- showing -----------------------------------------------------------------------------------

  /** Bring everything but the static layers up to date. */
  function show(): void {
    const found = metrics();
    const value = asTyped(above() ?? shown(), digits());
    typed.rename(above() === null ? "Flag \u2265" : "Flag >");
    typed.show(value);
    typed.limit({ step: Number(histogram.counts.step.toPrecision(3)) });
    if (found) {
      rate.show(percent(found.flagged, found.total));
      readout.show(found);
      points.move(shown(), found);
    }
    canvas.ariaValueNow = value;
    canvas.ariaValueText = found ? `${value}, ${whole(found.flagged)} of ${whole(found.total)} flagged` : value;
    log.ariaPressed = String(model.get("log_counts"));
    full.ariaPressed = String(model.get("full_range"));
    full.hidden = !model.get("_grid").clipped && !model.get("full_range");
    method.show(live === null ? model.get("method") : "manual", model.get("parameters"));
    method.inert = rate.root.inert = shell.notice.gone; // only Python applies a method
    shell.setStatus(statusText());
    picture.redraw();
  }

  function statusText(): string {
    if (dragging) return "Release to apply.";
    const confirmed = model.get("_counted").threshold === model.get("threshold");
    if (shell.notice.silent && !confirmed) return "Python does not have this threshold yet.";
    return model.get("status");
  }

  /** Show what the labels allow, which may come and go. */
  function showReadout(): void {
    const names = histogram.classNames;
    if (String(names) === allowed) return;
    allowed = String(names);
    const fresh = new Readout(names.length > 1, names.includes("not labelled"));
    readout.root.replaceWith(fresh.root);
    readout = fresh;
  }

  // -- moving the threshold ----------------------------------------------------------------------

  function commit(threshold: number): void {
    if (threshold !== model.get("threshold")) {
      history.add({ undo: backToPresent(), redo: () => place(threshold) });
    }
    place(threshold);
  }

  function place(threshold: number): void {
    live = null;
    refuse(null);
    if (threshold !== model.get("threshold")) {
      model.set("method", "manual"); // as the kernel will say, if there is one
      setAndPush(model, { threshold });
    }
    show();
  }

  /** Return a function that restores the present threshold, and the method that has chosen it. */
  function backToPresent(): () => void {
    const [threshold, method, parameters] = [model.get("threshold"), model.get("method"), model.get("parameters")];
    return () => {
      place(threshold); // also where no kernel answers
      if (method !== "manual") choose(method, parameters);
    };
  }

  const follow = () => {
    const flagged = metrics()?.flagged;
    if (flagged !== undefined) points.follow(shown(), flagged);
  };
  const moveTo = (index: number) => {
    const threshold = histogram.counts.thresholds[index];
    if (threshold === shown()) return;
    live = threshold;
    refuse(null);
    show();
    follow();
  };
  const restore = () => {
    live = null;
    show();
    follow();
  };
  const stopGestures = onThresholdDrag(canvas, {
    counts: () => histogram.counts,
    frame: () => picture.frame,
    shown,
    drawnAt,
    moveTo,
    commit: () => commit(shown()),
    restore,
    pressed: (now) => {
      dragging = now;
      show();
    },
  });

  const stopUndo = onUndo(canvas, model, shell.setStatus);

  // -- the model ---------------------------------------------------------------------------------

  const onState = () => {
    refuse(null);
    show();
  };
  const onGrid = () => {
    histogram = readHistogram(model);
    canvas.ariaValueMin = asTyped(histogram.counts.low);
    canvas.ariaValueMax = asTyped(histogram.counts.high);
    legend.replaceChildren(...legendOf(histogram, model.get("_selected").total));
    showReadout();
    show();
  };
  const onWarning = () => {
    warning.replaceChildren(...withCode(model.get("warning")));
  };
  const onMethods = () => {
    const fresh = methodField();
    method.root.replaceWith(fresh.root);
    method = fresh;
    const empty = new MethodRefusal(model.get("methods"), ask, () => refuse(null));
    refusal.root.replaceWith(empty.root);
    refusal = empty;
    show();
  };
  const onPoints = () => void points.find().then(show);
  const stopMessages = Channel.of(model).listen({
    method({ seq, method, parameters, error }) {
      if (seq === asked && error && step) history.remove(step); // nothing has changed
      if (seq === asked) refuse(error ? { method: method!, parameters: parameters!, why: error } : null);
    },
  });
  const kept = new KeptState(model, "histogram", {
    threshold: (threshold: number) => {
      if (!Number.isFinite(threshold)) throw new TypeError();
      return `the threshold ${plain(threshold, digits())}`;
    },
  });
  shell.notice.root.after(kept.root);
  const onMethod = () => {
    // A threshold by hand gave way to a method.
    if (model.get("method") !== "manual") kept.forget();
    onState();
  };
  const stopListening = listen(model, {
    threshold: onState,
    status: onState,
    parameters: onState,
    full_range: onState,
    method: onMethod,
    methods: onMethods,
    warning: onWarning,
    class_names: onGrid,
    log_counts: onGrid,
    _grid: onGrid,
    _selected: onGrid,
    _counted: show,
    operating_points: onPoints,
    followers: onPoints,
    outlined: onPoints,
  });
  shell.notice.watch(show);
  onGrid();
  onWarning();

  return () => {
    files.close();
    stopGestures();
    stopUndo();
    stopMessages();
    kept.close();
    shell.notice.close();
    stopListening();
    picture.close();
    shell.root.remove();
  };
}

/** Text whose parts in backticks are code. */
function withCode(text: string): (string | HTMLElement)[] {
  return text.split("`").map((part, i) => (i % 2 ? element("code", "", part) : part));
}

export default frontEndModule(render);
