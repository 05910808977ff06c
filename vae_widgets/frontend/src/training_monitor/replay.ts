/** A slider over the recorded epochs, and the codes of the samples at each. */

import type { AnyModel } from "@anywidget/types";
import "../controls/shell.css";
import "./replay.css";
import { readArray, type WireArray } from "../kernel/arrays.ts";
import { categoryColour, unknownColour } from "../canvas/palette.ts";
import { KernelNotice } from "../controls/kernel_notice.ts";
import { listen } from "../kernel/listen.ts";
import { setAndPush } from "../kernel/sync.ts";
import { CanvasView } from "../canvas/canvas_view.ts";
import { button, element } from "../controls/shell.ts";
import { drawAxes } from "../canvas/small_plot.ts";
import { plain } from "../format/numbers.ts";

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
}

/** The class of a sample without a class. */
const UNKNOWN = 10;

function render({ model, el }: { model: AnyModel<State>; el: HTMLElement }) {
  const root = element("div", "vw-widget vw-replay");
  const row = element("div", "vw-controls");
  const slider = element("input", "vw-input");
  Object.assign(slider, { type: "range", min: "0", step: "1" });
  slider.ariaLabel = "Epoch of the pictures";
  const text = element("span", "vw-replay-at");
  const newest = button("Newest", "Follow the training again", () => setAndPush(model, { at: null }));
  row.append(slider, text, newest);
  const box = element("div", "vw-picture");
  box.role = "img";
  const notice = new KernelNotice(model);
  root.append(row, box, notice.root);
  el.append(root);

  slider.addEventListener("input", () => {
    const frames = model.get("shown").frames ?? [];
    setAndPush(model, { at: frames[slider.valueAsNumber] ?? null });
  });

  const picture = new CanvasView(box, (context, theme) => {
    const { points, reach = 2, names = [], classes } = model.get("shown");
    if (!points?.shape[0]) return;
    const side = Math.min(picture.width, picture.height + 18);
    const into = { left: 0, top: 0, width: side, height: picture.height };
    const [xName = "z[0]", yName = ""] = names;
    const view = drawAxes(context, theme, into, {
      title: `${points.shape[0]} codes${yName && `: ${yName} against ${xName}`}`,
      x: [-reach, reach],
      y: [-reach, reach],
      xName,
    });
    const [xy, of] = [readArray(points), classes ? readArray<Uint8Array>(classes) : []];
    context.save();
    context.beginPath();
    context.rect(view.box.left, view.box.top, view.box.width, view.box.height);
    context.clip();
    context.globalAlpha = 0.85;
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
    const { frames = [], seen = 0, axis = "epoch", points } = model.get("shown");
    const at = model.get("at");
    const index = at === null ? frames.length - 1 : closest(frames, at);
    slider.max = String(Math.max(0, frames.length - 1));
    // A late answer must not move a slider that is being dragged.
    if (!slider.matches(":active")) slider.value = String(index);
    slider.disabled = frames.length < 2;
    const value = frames[index] ?? seen;
    const label = `${axis} ${plain(value, 4)}`;
    text.textContent = at === null ? `${label} (newest)` : label;
    slider.ariaValueText = label;
    newest.disabled = at === null;
    box.hidden = !points?.shape[0];
    box.ariaLabel = `Codes of the samples at ${label}`;
    picture.redraw();
  };

  const stop = listen(model, { shown: update, at: update });
  update();
  return () => {
    stop();
    picture.close();
    notice.close();
    root.remove();
  };
}

function closest(frames: number[], at: number): number {
  return frames.reduce((best, frame, i) => (Math.abs(frame - at) < Math.abs(frames[best] - at) ? i : best), 0);
}

export default { render };
