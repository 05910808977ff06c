/**
 * The path of a linked InterpolationSlider on a scatter (widgets/links/path_link.py). Its point and
 * way-points can be dragged, and its ends chosen. The point is the value of the slider.
 */

import type { AnyModel } from "@anywidget/types";
import { readArray, type WireArray } from "../../kernel/arrays.ts";
import { findModel } from "../../kernel/front_end_module.ts";
import { Channel } from "../../kernel/channel.ts";
import { PathDrafts } from "../../codec/path_draft.ts";
import { frameOf, valueOf } from "../../canvas/frames.ts";
import type { Point } from "../../canvas/geometry.ts";
import { keepFinger, pointIn } from "../../controls/gestures.ts";
import { onKey } from "../../controls/keys.ts";
import { drawPath, hitPath, type PathPicture } from "./drawing.ts";
import { follow, withStop } from "./geometry.ts";
import type { ScatterPlot } from "../plot/plot.ts";
import { isLine, type Model } from "../state/model.ts";
import { button, type Shell } from "../../controls/shell.ts";
import { send, pushState, pushStateThrottled } from "../../kernel/sync.ts";

/** A place on the plane, and the sample there; -1 for none. */
interface End {
  at: [number, number];
  point: number;
}

// The point and way-points are hit within this distance, in pixels; it is larger for a finger.
const REACH = 10;
const FINGER = 24;
const CLICK_SLACK = 4;
const COMMIT_DELAY = 300;

/** The traits of the slider that its path needs. */
interface SliderState {
  value: number;
  method: string;
  _content: { in_page?: boolean; strips?: { method: string; path: WireArray }[]; stops?: number[] };
}

/** Finds the latent vectors of places on the plane, and the places of latent vectors. */
interface PathDecoder {
  latentOf(place: Point, point: number): Float32Array | null;
  project(z: Float32Array): Float32Array | null;
}

export class PathOverlay {
  #slider: AnyModel<SliderState> | null = null;
  #places: [number, number][] = [];
  #stops: number[] = [];
  /** Whether the path is a guess: a way-point moves, or the kernel has not found the path yet. */
  #guessed = false;
  #start: End | null = null;
  #choosing = false;
  /** Whether a new path was requested. */
  #waiting = false;
  #gone = false;
  #timer = 0;
  #dragged = false;
  #stopDrag = () => {};
  readonly #endsButton: HTMLButtonElement;
  readonly #stopInput: () => void;
  readonly #stopMessages: () => void;
  readonly #model: Model;
  readonly #plot: ScatterPlot;
  readonly #shell: Shell;
  readonly #decoder: PathDecoder;
  #drafts: PathDrafts | null = null;
  readonly #pointAt: (at: Point) => number;
  readonly #pick: (at: Point) => void;

  /** `pointAt` finds the sample under a place in pixels, -1 for none; `pick` decodes there. */
  constructor(
    model: Model,
    plot: ScatterPlot,
    shell: Shell,
    decoder: PathDecoder,
    pointAt: (at: Point) => number,
    pick: (at: Point) => void,
  ) {
    this.#model = model;
    this.#plot = plot;
    this.#shell = shell;
    this.#decoder = decoder;
    this.#pointAt = pointAt;
    this.#pick = pick;
    this.#endsButton = button(
      "Path ends",
      "Click the start of the path, then its end; or drag them, or their names. Keys: S, E or the number of a way-point at the crosshair, [ and ] move the point",
      () => this.#choose(!this.#choosing),
    );
    plot.overlay = (context, theme) => this.#slider && drawPath(context, theme, this.#picture());
    // Captured before the canvas gets it, because the point lies above the samples.
    shell.root.addEventListener("pointerdown", this.#press, { capture: true });
    const stopKeys = onKey(plot.canvas, (key) => this.#key(key));
    const stopKeeping = keepFinger(plot.canvas, () => this.#dragged);
    this.#stopInput = () => {
      stopKeys();
      stopKeeping();
    };
    model.on("change:_path", this.#load);
    this.#stopMessages = Channel.of(model).listen({
      path: ({ error }) => (error ? this.#fail(error) : this.#drafts?.confirmed()),
    });
    void this.#load();
  }

  close(): void {
    this.#gone = true;
    this.#stopDrag();
    this.#stopInput();
    clearTimeout(this.#timer);
    this.#shell.root.removeEventListener("pointerdown", this.#press, { capture: true });
    this.#model.off("change:_path", this.#load);
    this.#stopMessages();
    this.#follow(null);
    this.#drafts?.close();
  }

  readonly #redraw = () => this.#plot.mark({});

  readonly #load = async () => {
    const path = this.#model.get("_path");
    const linked = "slider" in path;
    const slider = linked ? await findModel(this.#model, path.slider) : null;
    if (this.#gone || path !== this.#model.get("_path")) return;
    if (slider !== this.#slider) {
      this.#drafts?.close();
      this.#drafts = slider && new PathDrafts(slider);
    }
    this.#follow(slider as AnyModel<SliderState> | null);
    this.#read();
    // The axes, which come last, take a row of their own in a narrow page.
    if (this.#slider) this.#shell.controls.querySelector(".vw-scatter-axes")!.before(this.#endsButton);
    else {
      this.#stopDrag();
      this.#choose(false, "");
      this.#endsButton.remove();
    }
    if (this.#waiting) this.#shell.setStatus("The path now connects the new ends.");
    this.#waiting = false;
    this.#redraw();
  };

  #follow(slider: AnyModel<SliderState> | null): void {
    this.#slider?.off("change:value", this.#redraw);
    this.#slider?.off("change:_content", this.#readHere);
    this.#slider = slider;
    slider?.on("change:value", this.#redraw);
    slider?.on("change:_content", this.#readHere);
  }

  /** The page has changed the path itself: the kernel's one follows. */
  readonly #readHere = () => {
    if (!this.#slider?.get("_content").in_page) return;
    this.#read();
    this.#redraw();
  };

  /** The places of a path that the page has changed itself; false if there is none, or the kernel knows them alone. */
  #readOwn(): boolean {
    const { in_page, strips, stops } = this.#slider?.get("_content") ?? {};
    if (!in_page) return false;
    const { path } = strips!.find(({ method }) => method === this.#slider!.get("method")) ?? strips![0];
    const places = this.#decoder.project(readArray(path));
    if (!places) return false;
    this.#places = placesOf(places, places.length / path.shape[0]);
    this.#stops = stops!;
    return true;
  }

  readonly #read = () => {
    const path = this.#model.get("_path");
    this.#guessed = false;
    if (!("slider" in path) || this.#readOwn()) return;
    this.#places = placesOf(readArray(path.positions), path.positions.shape[1]);
    this.#stops = path.stops;
  };

  #fail(error: string): void {
    this.#waiting = false;
    this.#drafts?.drop();
    this.#read();
    this.#redraw();
    this.#shell.setStatus(`The path is unchanged. ${error}`);
  }

  // -- the point and the way-points --------------------------------------------------------------

  #onScreen(): Point[] {
    const { viewport } = this.#plot;
    return this.#places.map(([x, y]) => viewport.toScreen(x, y));
  }

  #frame(): number {
    return frameOf(this.#slider!.get("value"), this.#places.length);
  }

  #moveTo(frame: number): void {
    this.#slider!.set("value", valueOf(frame, this.#places.length)); // its views follow
  }

  #dragPoint(down: PointerEvent): void {
    const before = this.#slider!.get("value");
    this.#drag(
      down,
      (at) => this.#moveTo(follow(this.#onScreen(), this.#frame(), at)),
      () => pushState(this.#slider!, "value"),
      () => this.#slider!.set("value", before),
    );
  }

  /** The path is decoded in the page, or its parts next to the way-point are straight until the kernel has found it. */
  #dragStop(down: PointerEvent, which: number): void {
    const places = this.#places;
    this.#drafts?.prepare();
    let to: Point | null = null;
    const back = () => {
      this.#drafts?.drop();
      this.#read();
      this.#redraw();
    };
    this.#drag(
      down,
      (at) => {
        const from = pointIn(this.#plot.canvas, down);
        if (!to && Math.hypot(at.x - from.x, at.y - from.y) <= CLICK_SLACK) return;
        to = at;
        if (!this.#showDraft(which, this.#endAt(at))) {
          const { x, y } = this.#plot.viewport.toPlane(at);
          this.#places = withStop(places, this.#stops, which, [x, isLine(this.#model) ? 0 : y]);
          this.#guessed = true;
        }
        this.#redraw();
      },
      () => {
        if (!to) return this.#pick(pointIn(this.#plot.canvas, down)); // it was only a click
        if (!this.#plot.viewport.contains(to)) return back();
        this.#sendStop(which, to);
      },
      back,
    );
  }

  #drag(
    down: PointerEvent,
    moved: (at: Point) => void,
    ended: () => void,
    cancelled: () => void,
  ): void {
    const { canvas } = this.#plot;
    canvas.setPointerCapture(down.pointerId);
    this.#model.set("hovered", -1); // its picture would hide the path
    pushStateThrottled(this.#model, "hovered");
    canvas.focus({ preventScroll: true });
    const move = (event: PointerEvent) => {
      event.stopImmediatePropagation(); // no hover during the drag
      if (event.pointerId === down.pointerId) moved(pointIn(canvas, event));
    };
    const up = (event: PointerEvent) => {
      if (event.pointerId !== down.pointerId) return; // of another finger
      this.#stopDrag();
      ended();
    };
    const cancel = (event: PointerEvent) => {
      if (event.pointerId !== down.pointerId) return;
      this.#stopDrag();
      cancelled();
    };
    const events = { pointermove: move, pointerup: up, pointercancel: cancel };
    for (const [name, react] of Object.entries(events)) {
      canvas.addEventListener(name, react as EventListener, { capture: true });
    }
    this.#dragged = true;
    this.#stopDrag = () => {
      this.#dragged = false;
      for (const [name, react] of Object.entries(events)) {
        canvas.removeEventListener(name, react as EventListener, { capture: true });
      }
    };
  }

  readonly #press = (event: PointerEvent) => {
    if (!this.#slider || event.target !== this.#plot.canvas || event.button !== 0) return;
    const at = pointIn(this.#plot.canvas, event);
    if (this.#choosing) this.#chosen(at);
    else if (!this.#dragged) {
      const reach = event.pointerType === "touch" ? FINGER : REACH;
      const hit = hitPath(this.#picture(), at, reach, (point) => this.#plot.viewport.contains(point));
      if (hit === null) return;
      if (hit === "point") this.#dragPoint(event);
      else this.#dragStop(event, hit);
    }
    event.stopPropagation();
    event.preventDefault();
  };

  #key(key: string): boolean {
    if (!this.#slider) return false;
    const step = { "[": -1, "]": 1 }[key];
    if (step) {
      const frame = Math.min(this.#places.length - 1, Math.max(0, this.#frame() + step));
      this.#moveTo(frame);
      this.#shell.setStatus(`Path: frame ${frame + 1} of ${this.#places.length}.`);
      clearTimeout(this.#timer);
      const slider = this.#slider;
      this.#timer = window.setTimeout(() => pushState(slider, "value"), COMMIT_DELAY);
      return true;
    }
    if (key === "Escape" && this.#choosing) {
      this.#choose(false);
      return true;
    }
    // S, the numbers of the way-points between, E.
    const keys = ["s", ...this.#stops.slice(1, -1).map((_, i) => String(i + 1)), "e"];
    const which = keys.indexOf(key.toLowerCase());
    const { cursor } = this.#plot.marks;
    if (which < 0 || !cursor) return false;
    this.#sendStop(which, cursor);
    return true;
  }

  // -- the ends ----------------------------------------------------------------------------------

  #choose(choosing: boolean, news?: string): void {
    if (this.#choosing === choosing) return;
    this.#choosing = choosing;
    this.#start = null;
    this.#endsButton.ariaPressed = String(choosing);
    this.#plot.canvas.focus({ preventScroll: true });
    this.#shell.setStatus(
      news ?? (choosing ? "Click the start of the path. Esc cancels." : "The path is unchanged."),
    );
    this.#redraw();
  }

  #chosen(at: Point): void {
    if (!this.#plot.viewport.contains(at)) return;
    const end = this.#endAt(at);
    if (this.#start) {
      const start = this.#start;
      this.#choose(false, "");
      return this.#send({ start, end });
    }
    this.#start = end;
    this.#shell.setStatus("Now click the end.");
    this.#redraw();
  }

  /** Move a way-point, and show the path that the page has decoded; false if it cannot. */
  #showDraft(which: number, { at: [x, y], point }: End): boolean {
    const z = this.#decoder.latentOf({ x, y }, point);
    const path = z && this.#drafts?.move(which, z);
    const places = path && this.#decoder.project(path);
    if (!places) return false;
    this.#places = placesOf(places, places.length / this.#places.length);
    this.#guessed = false;
    return true;
  }

  #endAt(at: Point): End {
    const { x, y } = this.#plot.viewport.toPlane(at);
    return { at: [x, y], point: this.#pointAt(at) };
  }

  /** Send the new place, in pixels, of a way-point or an end. */
  #sendStop(which: number, to: Point): void {
    const end = this.#endAt(to);
    if (which === 0) this.#send({ start: end });
    else if (which === this.#stops.length - 1) this.#send({ end });
    else this.#send({ via: { ...end, which: which - 1 } });
  }

  #send(ends: { start?: End; end?: End; via?: End & { which: number } }): void {
    this.#waiting = true;
    if (ends.start) this.#showDraft(0, ends.start);
    if (ends.end) this.#showDraft(this.#stops.length - 1, ends.end);
    if (ends.via) this.#showDraft(ends.via.which + 1, ends.via);
    this.#redraw();
    this.#shell.setStatus("Decoding the new path…");
    send(this.#model, "path", ends);
  }

  // -- the picture -------------------------------------------------------------------------------

  #picture(): PathPicture {
    const stops = this.#stops;
    const guessed = this.#guessed;
    const start = this.#start;
    const newStart = start && this.#plot.viewport.toScreen(...start.at);
    const { left, width } = this.#plot.viewport.box;
    return { path: this.#onScreen(), frame: this.#frame(), stops, guessed, newStart, right: left + width };
  }
}

/** Places (n, width) on the plane; y is 0 where it has no meaning. */
function placesOf(values: Float32Array, width: number): [number, number][] {
  return Array.from({ length: values.length / width }, (_, i) => [
    values[i * width],
    width > 1 ? values[i * width + 1] : 0,
  ]);
}
