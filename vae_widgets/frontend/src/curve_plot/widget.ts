/** A plot of curves without bqplot (widgets/curve_plot/figure.py), for pages without ipywidgets. */

import "../controls/shell.css";
import "./widget.css";
import { textBeside } from "../canvas/text.ts";
import { pointIn } from "../controls/gestures.ts";
import { onKey, setMainPart } from "../controls/keys.ts";
import { element, mount } from "../controls/shell.ts";
import { findModel, frontEndModule, type View } from "../kernel/front_end_module.ts";
import { listen } from "../kernel/listen.ts";
import { CurveView } from "./curve_view.ts";
import { readWired, type CurvePlot, type Wired } from "./description.ts";
import { moved, nearest, type Reading } from "./reading.ts";

interface State {
  plot: Wired<CurvePlot>;
}

/** The model of moving points: arrays, as they are sent or as another module has set them. */
interface PointsModel {
  get(name: "x" | "y"): unknown;
  on(event: string, changed: () => void): void;
  off(event: string, changed: () => void): void;
}

function render({ model, el }: View<State>) {
  const root = element("div", "vw-widget vw-curve-figure");
  const status = element("div", "vw-curve-reading");
  status.role = "status";
  status.ariaLive = "polite";
  mount(el, root);

  let plot: CurvePlot = readWired(model.get("plot"));
  let reading: Reading | null = null;
  let followed: PointsModel | null = null;
  const view = new CurveView(root, () => plot, (context, theme) => {
    if (!reading || !view.frame) return;
    context.beginPath();
    context.arc(reading.at.x, reading.at.y, 3, 0, 7);
    context.fillStyle = theme.ink;
    context.fill();
    textBeside(context, theme, reading.text, { x: reading.at.x, y: reading.at.y - 10 }, view.frame.area, 6);
  });
  root.append(status);
  const { canvas } = view;
  canvas.title = "";

  const read = (to: Reading | null, spoken = false) => {
    reading = to;
    if (spoken) status.textContent = to?.text ?? "";
    view.redraw();
  };
  const onPointer = (event: PointerEvent) => {
    if (view.frame) read(nearest(plot, view.frame, pointIn(canvas, event)));
  };
  const onLeave = () => read(null);
  canvas.addEventListener("pointermove", onPointer);
  canvas.addEventListener("pointerleave", onLeave);
  canvas.addEventListener("blur", onLeave);
  setMainPart(canvas);
  const stopKeys = onKey(canvas, (key, { shiftKey }) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[key];
    if (key === "Escape" && reading) read(null, true);
    else if (steps && view.frame) read(moved(plot, view.frame, reading, shiftKey ? 10 * steps : steps), true);
    else return false;
    return true;
  });

  const movePoints = () => {
    if (!followed || !plot.points) return;
    const [x, y] = (["x", "y"] as const).map((name) => readWired(followed!.get(name)));
    if (x.length !== y.length) return; // they are set one after the other
    plot = { ...plot, points: { ...plot.points, x, y } };
    view.update();
  };
  const unfollow = () => {
    followed?.off("change:x", movePoints);
    followed?.off("change:y", movePoints);
    followed = null;
  };
  const follow = async () => {
    unfollow();
    const follows = plot.points?.follows;
    if (!follows) return;
    const found = await findModel(model, follows);
    if (!found || follows !== plot.points?.follows || !root.isConnected) return;
    followed = found;
    followed.on("change:x", movePoints);
    followed.on("change:y", movePoints);
    movePoints();
  };
  const update = () => {
    plot = readWired(model.get("plot"));
    reading = null;
    view.update();
    void follow();
  };
  const stop = listen(model, { plot: update });
  // The element is in the page only after this.
  const frame = requestAnimationFrame(() => void follow());
  return () => {
    cancelAnimationFrame(frame);
    unfollow();
    stop();
    stopKeys();
    view.close();
    root.remove();
  };
}

export default frontEndModule(render);
