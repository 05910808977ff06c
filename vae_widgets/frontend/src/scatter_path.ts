/**
 * The path of a linked InterpolationSlider on a scatter (widgets/path_link.py): drawn, its point
 * dragged, its ends chosen. The point is the slider's own value, moved here in the page.
 */

import type { AnyModel } from "@anywidget/types";
import { readArray, type WireArray } from "./arrays.ts";
import { haloedText } from "./canvas_text.ts";
import { frameOf, valueOf } from "./film_track.ts";
import { onKey, pointIn, type Point } from "./gestures.ts";
import { follow } from "./path_points.ts";
import type { ScatterPlot } from "./scatter_plot.ts";
import type { Model } from "./scatter_state.ts";
import { button, type Shell } from "./shell.ts";
import { tell } from "./tell.ts";
import type { Theme } from "./theme.ts";

export interface PathState {
  /** Model id of the slider. */
  slider: string;
  /** The frames on the plane that is shown: (frames, 2), or (frames, 1) where y has no meaning. */
  positions: WireArray;
  /** Frames that are way-points, both ends included. */
  stops: number[];
}

/** A place on the plane, and the sample meant, -1 for none. */
interface End {
  at: [number, number];
  point: number;
}

// The point is hit within so many pixels of its middle; a finger hides more.
const REACH = 10;
const FINGER = 24;
const COMMIT_DELAY = 300;

export class ScatterPath {
  private slider: AnyModel<{ value: number }> | null = null;
  private places: [number, number][] = [];
  private stops: number[] = [];
  private start: End | null = null;
  private choosing = false;
  /** For the path that was asked for. */
  private waiting = false;
  private gone = false;
  private timer = 0;
  private stopDrag = () => {};
  private readonly endsButton: HTMLButtonElement;
  private readonly stopKeys: () => void;
  private readonly model: Model;
  private readonly plot: ScatterPlot;
  private readonly shell: Shell;
  private readonly pointAt: (at: Point) => number;

  /** `pointAt` finds the sample under a place in pixels, -1 for none. */
  constructor(model: Model, plot: ScatterPlot, shell: Shell, pointAt: (at: Point) => number) {
    this.model = model;
    this.plot = plot;
    this.shell = shell;
    this.pointAt = pointAt;
    this.endsButton = button(
      "Path ends",
      "Click the start of the path, then its end. Keys: S and E at the crosshair, [ and ] move the point",
      () => this.choose(!this.choosing),
    );
    plot.overlay = (context, theme) => this.draw(context, theme);
    // Before the canvas hears of it: the point lies above the samples.
    shell.root.addEventListener("pointerdown", this.press, { capture: true });
    this.stopKeys = onKey(plot.canvas, (key) => this.key(key));
    model.on("change:_path", this.load);
    model.on("msg:custom", this.told);
    void this.load();
  }

  destroy(): void {
    this.gone = true;
    this.stopDrag();
    this.stopKeys();
    clearTimeout(this.timer);
    this.shell.root.removeEventListener("pointerdown", this.press, { capture: true });
    this.model.off("change:_path", this.load);
    this.model.off("msg:custom", this.told);
    this.slider?.off("change:value", this.redraw);
  }

  private readonly redraw = () => this.plot.mark({});

  private readonly load = async () => {
    const path = this.model.get("_path");
    const linked = "slider" in path;
    const slider = linked
      ? await this.model.widget_manager
          .get_model(path.slider)
          .catch(() => null) // gone, or not in this page
      : null;
    if (this.gone || path !== this.model.get("_path")) return;
    this.slider?.off("change:value", this.redraw);
    this.slider = slider as AnyModel<{ value: number }> | null;
    this.slider?.on("change:value", this.redraw);
    if (linked) {
      const values = readArray(path.positions);
      const [frames, width] = path.positions.shape;
      this.places = Array.from({ length: frames }, (_, i) => [
        values[i * width],
        width > 1 ? values[i * width + 1] : 0,
      ]);
      this.stops = path.stops;
    }
    if (this.slider) this.shell.controls.append(this.endsButton);
    else {
      this.stopDrag();
      this.choose(false, "");
      this.endsButton.remove();
    }
    if (this.waiting) this.shell.say("The path leads between the new ends.");
    this.waiting = false;
    this.redraw();
  };

  private readonly told = (message: { type?: string; error?: string }) => {
    if (message.type !== "path" || !message.error) return;
    this.waiting = false;
    this.shell.say(`The path stays. ${message.error}`);
  };

  // -- the point ---------------------------------------------------------------------------------

  private onScreen(): Point[] {
    const { viewport } = this.plot;
    return this.places.map(([x, y]) => viewport.toScreen(x, y));
  }

  private frame(): number {
    return frameOf(this.slider!.get("value"), this.places.length);
  }

  private moveTo(frame: number): void {
    this.slider!.set("value", valueOf(frame, this.places.length)); // its views follow
  }

  private drag(down: PointerEvent): void {
    const { canvas } = this.plot;
    const before = this.slider!.get("value");
    canvas.setPointerCapture(down.pointerId);
    canvas.focus({ preventScroll: true });
    const move = (event: PointerEvent) => {
      event.stopImmediatePropagation(); // no hover meanwhile
      this.moveTo(follow(this.onScreen(), this.frame(), pointIn(canvas, event)));
    };
    const up = () => {
      this.stopDrag();
      tell(this.slider!, "value");
    };
    const cancel = () => {
      this.stopDrag();
      this.slider!.set("value", before);
    };
    const events = { pointermove: move, pointerup: up, pointercancel: cancel };
    for (const [name, react] of Object.entries(events)) {
      canvas.addEventListener(name, react as EventListener, { capture: true });
    }
    this.stopDrag = () => {
      for (const [name, react] of Object.entries(events)) {
        canvas.removeEventListener(name, react as EventListener, { capture: true });
      }
    };
  }

  private readonly press = (event: PointerEvent) => {
    if (!this.slider || event.target !== this.plot.canvas || event.button !== 0) return;
    const at = pointIn(this.plot.canvas, event);
    if (this.choosing) this.chosen(at);
    else if (this.hits(at, event.pointerType === "touch" ? FINGER : REACH)) this.drag(event);
    else return;
    event.stopPropagation();
    event.preventDefault();
  };

  private hits(at: Point, reach: number): boolean {
    const point = this.onScreen()[this.frame()];
    const seen = this.plot.viewport.contains(point);
    return seen && Math.hypot(at.x - point.x, at.y - point.y) <= reach;
  }

  private key(key: string): boolean {
    if (!this.slider) return false;
    const step = { "[": -1, "]": 1 }[key];
    if (step) {
      const frame = Math.min(this.places.length - 1, Math.max(0, this.frame() + step));
      this.moveTo(frame);
      this.shell.say(`Path: frame ${frame + 1} of ${this.places.length}.`);
      clearTimeout(this.timer);
      const { slider } = this;
      this.timer = window.setTimeout(() => tell(slider, "value"), COMMIT_DELAY);
      return true;
    }
    if (key === "Escape" && this.choosing) {
      this.choose(false);
      return true;
    }
    const end = { s: "start", e: "end" }[key.toLowerCase()];
    const { cursor } = this.plot.marks;
    if (!end || !cursor) return false;
    this.send({ [end]: this.endAt(cursor) });
    return true;
  }

  // -- the ends ----------------------------------------------------------------------------------

  private choose(choosing: boolean, news?: string): void {
    if (this.choosing === choosing) return;
    this.choosing = choosing;
    this.start = null;
    this.endsButton.setAttribute("aria-pressed", String(choosing));
    this.plot.canvas.focus({ preventScroll: true });
    this.shell.say(
      news ?? (choosing ? "Click the start of the path. Esc: leave it." : "The path stays."),
    );
    this.redraw();
  }

  private chosen(at: Point): void {
    if (!this.plot.viewport.contains(at)) return;
    const end = this.endAt(at);
    if (this.start) {
      const { start } = this;
      this.choose(false, "");
      return this.send({ start, end });
    }
    this.start = end;
    this.shell.say("Now click its end.");
    this.redraw();
  }

  private endAt(at: Point): End {
    const { x, y } = this.plot.viewport.toPlane(at);
    return { at: [x, y], point: this.pointAt(at) };
  }

  private send(ends: { start?: End; end?: End }): void {
    this.waiting = true;
    this.shell.say("Decoding the new path…");
    this.model.send({ type: "path", ...ends });
  }

  // -- the picture -------------------------------------------------------------------------------

  private draw(context: CanvasRenderingContext2D, theme: Theme): void {
    if (!this.slider) return;
    const path = this.onScreen();
    context.lineJoin = "round";
    for (const [colour, width] of [[theme.paper, 5], [theme.ink, 1.75]] as const) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      for (const { x, y } of path) context.lineTo(x, y);
      context.stroke();
    }
    const last = path.length - 1;
    for (const stop of this.stops) dot(context, path[stop], 4, theme.ink, theme.paper);
    label(context, theme, "start", path[0]);
    label(context, theme, "end", path[last]);
    dot(context, path[this.frame()], 7, theme.accent, theme.paper);
    if (this.start) {
      const at = this.plot.viewport.toScreen(...this.start.at);
      dot(context, at, 5, theme.accent, theme.paper);
      label(context, theme, "new start", at);
    }
  }
}

function dot(
  context: CanvasRenderingContext2D,
  { x, y }: Point,
  radius: number,
  colour: string,
  rim: string,
): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.strokeStyle = rim;
  context.lineWidth = 2;
  context.stroke();
}

/** A word beside a place. */
function label(context: CanvasRenderingContext2D, theme: Theme, text: string, at: Point): void {
  context.textAlign = "left";
  context.textBaseline = "middle";
  haloedText(context, theme, text, at.x + 9, at.y - 9);
}
