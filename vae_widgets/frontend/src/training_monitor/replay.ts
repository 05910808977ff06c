/** A slider over the recorded epochs, with play; the codes of the samples at each; a mark on the curves. */

import "../controls/shell.css";
import "./replay.css";
import { readArray, type WireArray } from "../kernel/arrays.ts";
import { categoryColour, OPACITY, unknownColour } from "../canvas/palette.ts";
import { KernelNotice } from "../controls/kernel_notice.ts";
import { onKey, setMainPart } from "../controls/keys.ts";
import { frontEndModule, type View } from "../kernel/front_end_module.ts";
import { listen } from "../kernel/listen.ts";
import { setAndPush } from "../kernel/sync.ts";
import { CanvasView } from "../canvas/canvas_view.ts";
import { button, element, mount } from "../controls/shell.ts";
import { drawAxes } from "../canvas/small_plot.ts";
import { plain } from "../format/numbers.ts";
import { CurveCursor, type Limits } from "./curve_overlay.ts";

interface ReplayState {
  axis: string;
  frames: number[];
  seen: number;
  points: WireArray;
  reach: number;
  names: string[];
  classes: WireArray;
}

interface State {
  at: number | null;
  shown: Partial<ReplayState>;
  /** Ends of the x axis of the curves. */
  limits: Limits;
}

/** Least time between two frames, in ms: the kernel sends five a second. */
const FRAME = 200;

/** The class of a sample without a class. */
const UNKNOWN = 10;

function render({ model, el }: View<State>) {
  const root = element("div", "vw-widget vw-replay");
  const row = element("div", "vw-controls");
  const slider = element("input", "vw-input");
  Object.assign(slider, { type: "range", min: "0", step: "1" });
  slider.ariaLabel = "Epoch of the pictures";
  const text = element("span", "vw-replay-at");
  const play = button("", "Play the epochs (Space)", () => (timer ? pause() : start()));
  const newest = button("Newest", "Show the newest epoch, and follow the training (End)", () => go(null));
  const previous = button("‹", "Previous epoch (←)", () => step(-1));
  previous.ariaLabel = "Previous epoch";
  const next = button("›", "Next epoch (→)", () => step(1));
  next.ariaLabel = "Next epoch";
  row.append(
    play,
    previous,
    next,
    slider,
    text,
    newest,
  );
  const box = element("div", "vw-picture");
  box.role = "img";
  const notice = new KernelNotice(model);
  root.append(row, box, notice.root);
  mount(el, root);

  const frames = () => model.get("shown").frames ?? [];
  const index = () => {
    const at = model.get("at");
    return at === null ? frames().length - 1 : closest(frames(), at);
  };
  /** Show a frame by its number; null or the last one follows the training. */
  const go = (to: number | null) => {
    pause();
    show(to);
  };
  const show = (to: number | null) => {
    const all = frames();
    const last = to === null || to >= all.length - 1;
    setAndPush(model, { at: last ? null : all[Math.max(0, to)] });
  };
  const step = (by: number) => go(index() + by);

  let timer = 0;
  const pause = () => {
    clearInterval(timer);
    timer = 0;
    markPlay();
  };
  const start = () => {
    if (frames().length < 2) return;
    if (index() === frames().length - 1) show(0);
    timer = window.setInterval(() => {
      if (notice.silent || !root.checkVisibility()) return pause();
      // The next one only when this one is seen, however slow the network is.
      if (model.get("shown").seen !== frames()[index()]) return;
      show(index() + 1);
      if (model.get("at") === null) pause();
    }, FRAME);
    markPlay();
  };
  const markPlay = () => {
    play.textContent = timer ? "❚❚ Pause" : "▶ Play";
  };
  slider.addEventListener("input", () => go(slider.valueAsNumber));
  const keys: Record<string, () => void> = {
    " ": () => play.click(),
    ArrowLeft: () => step(-1),
    ArrowRight: () => step(1),
    Home: () => go(0),
    End: () => go(null),
  };
  setMainPart(slider);
  const stopKeys = onKey(root, (key, { target }) => {
    if (!keys[key] || (key === " " && (target as HTMLElement).matches("button"))) return false;
    keys[key]();
    return true;
  });
  const cursor = new CurveCursor(root, "vw-replay-cursor");
  const markCurves = () => {
    cursor.show(root.checkVisibility() ? (frames()[index()] ?? null) : null, model.get("limits"));
  };
  // Its panel is opened and closed by the controls of the monitor.
  const opened = new ResizeObserver(markCurves);
  opened.observe(root);

  const picture = new CanvasView(box, (context, theme) => {
    const { points, reach = 2, names = [], classes } = model.get("shown");
    if (!points?.shape[0]) return;
    const side = Math.min(picture.width, picture.height + 18);
    const into = { left: 0, top: 0, width: side, height: picture.height };
    const [xName = "z[0]", yName = ""] = names;
    const view = drawAxes(context, theme, into, {
      title: `${points.shape[0]} samples: ${yName ? `${yName} against ${xName}` : xName}`,
      x: [-reach, reach],
      y: [-reach, reach],
      xName,
    });
    const [xy, of] = [readArray(points), classes ? readArray<Uint8Array>(classes) : []];
    context.save();
    context.beginPath();
    context.rect(view.box.left, view.box.top, view.box.width, view.box.height);
    context.clip();
    context.globalAlpha = OPACITY;
    const grey = unknownColour(theme.dark);
    for (let i = 0; i < points.shape[0]; i++) {
      const { x, y } = view.toScreen(xy[2 * i], xy[2 * i + 1]);
      context.fillStyle = of[i] === UNKNOWN ? grey : categoryColour(of[i] ?? 0);
      context.beginPath();
      context.arc(x, y, 3, 0, 7);
      context.fill();
    }
    context.restore();
  });

  const update = () => {
    const { seen = 0, axis = "epoch", points } = model.get("shown");
    const at = model.get("at");
    const count = frames().length;
    slider.max = String(Math.max(0, count - 1));
    // A late answer must not move a slider that is being dragged.
    if (!slider.matches(":active")) slider.value = String(index());
    for (const control of [slider, ...row.querySelectorAll("button")]) control.disabled = count < 2;
    const label = `${axis} ${plain(frames()[index()] ?? seen, 4)}`;
    text.textContent = label;
    slider.ariaValueText = label;
    newest.disabled = at === null;
    box.hidden = !points?.shape[0];
    box.ariaLabel = `Codes of the samples at ${label}`;
    picture.redraw();
    markCurves();
  };

  const stop = listen(model, { shown: update, at: update, limits: markCurves });
  markPlay();
  update();
  return () => {
    clearInterval(timer);
    opened.disconnect();
    stopKeys();
    cursor.close();
    stop();
    picture.close();
    notice.close();
    root.remove();
  };
}

function closest(frames: number[], at: number): number {
  return frames.reduce((best, frame, i) => (Math.abs(frame - at) < Math.abs(frames[best] - at) ? i : best), 0);
}

export default frontEndModule(render);
