/** Slide between two samples: frames that were decoded beforehand, scrubbed and played here. */

import type { AnyModel } from "@anywidget/types";
import { LATE, PATIENCE } from "../kernel/latest_request.ts";
import { DetailText } from "../controls/detail_text.ts";
import "./widget.css";
import { readArray, type WireArray } from "../kernel/arrays.ts";
import { FilmControls, METHOD_NAMES } from "./controls.ts";
import { type Film } from "./filmstrip.ts";
import { frameOf, valueOf } from "../canvas/frames.ts";
import type { Point } from "../canvas/geometry.ts";
import { FilmView } from "./view.ts";
import { onDrag, onKey } from "../controls/gestures.ts";
import { SoundPlayer } from "../controls/sound_player.ts";
import { categoryColour } from "../canvas/palette.ts";
import { decimalsFor, distance, number, row, zText } from "./readout.ts";
import { advance, type Playhead } from "./playback.ts";
import { createShell, element } from "../controls/shell.ts";
import { send, pushState } from "../kernel/sync.ts";
import { Tiles, type WireAtlas } from "../kernel/atlas.ts";

interface Content {
  /** The frames of each strip, then the two ends. */
  atlas: WireAtlas;
  strips: { method: string; path: WireArray; log_prior: WireArray; step_size: WireArray }[];
  /** All that can be chosen. */
  methods: string[];
  /** Frames that are way-points, both ends included. */
  stops: number[];
  usual_log_prior: [number, number];
  kinds: ("latent" | "sample")[];
  /** What the values of a tile are. */
  note: string;
  revision: number;
}

interface State {
  value: number;
  method: string;
  compare: boolean;
  _content: Content;
  /** Whether frames can be heard. */
  _has_sound: boolean;
  /** What the renderer says of the sample at `value`, as HTML. */
  _detail: string;
}

const SECONDS_PER_PASS = 3;
// Long enough for a key that repeats, short enough to feel immediate in the next cell.
const COMMIT_DELAY = 300;

function render({ model, el }: { model: AnyModel<State>; el: HTMLElement }) {
  const shell = createShell(el, "Interpolation", model);
  shell.root.classList.add("vw-interpolation");

  let film: Film | null = null;
  /** The content whose tiles have been decoded and are shown. */
  let shown: Content | null = null;
  let uncommitted = false;
  let ownChange = false;
  let commitTimer = 0;
  let waiting = 0; // for new frames
  let playTimer = 0;
  let head: Playhead = { at: 0, direction: 1 };
  let gone = false;

  // --- The picture -------------------------------------------------------------------------------

  const view = new FilmView(shell.picture);
  const { slider } = view;
  const note = element("span", "vw-film-note");
  shell.title.append(note);
  const detail = new DetailText("vw-film-detail");
  shell.picture.after(detail.root);
  const showDetail = () => {
    detail.show(model.get("_detail") ?? "");
    // Of the frame that was committed: while a drag goes on, it is of another one.
    detail.root.classList.toggle("vw-stale", uncommitted);
  };
  const index = () => frameOf(model.get("value"), film!.frames);

  const showPosition = () => {
    showDetail();
    // New tiles are on their way: their position must not be shown on the old ones.
    if (!film || shown !== model.get("_content")) return;
    const value = model.get("value");
    view.moveTo(value);
    const path = readArray(shown.strips[film.chosen].path);
    const decimals = decimalsFor(path);
    const dim = path.length / film.frames;
    const z = row(path, dim, index());
    const far = (frame: number) => number(distance(z, row(path, dim, frame)), decimals);
    shell.root.removeAttribute("data-failed");
    shell.setStatus(
      [
        `value ${value.toFixed(3)}`,
        `latent distance ${far(0)} from start, ${far(film.frames - 1)} to end`,
        zText(z, decimals),
      ].join(" · "),
    );
  };

  const load = async () => {
    const content = model.get("_content");
    const tiles = await Tiles.load(content.atlas);
    if (gone || content !== model.get("_content")) return tiles.close();
    shown = content;
    note.textContent = content.note ?? "";
    film = {
      tiles,
      frames: content.strips[0].path.shape[0],
      rows: content.strips.map((strip) => ({
        name: METHOD_NAMES[strip.method],
        colour: categoryColour(content.methods.indexOf(strip.method)),
        logPrior: readArray<Float64Array>(strip.log_prior),
        stepSize: readArray<Float64Array>(strip.step_size),
      })),
      chosen: 0,
      stops: content.stops,
    };
    showMethod();
  };

  const showMethod = () => {
    const method = model.get("method");
    const { methods, strips, kinds, usual_log_prior } = model.get("_content");
    controls.showMethods(methods, method, model.get("compare"));
    const chosen = strips.findIndex((strip) => strip.method === method);
    // Else the kernel is decoding it.
    if (!film || shown !== model.get("_content") || chosen < 0) return;
    clearTimeout(waiting);
    film = { ...film, chosen };
    const captions = kinds.map((kind) => (kind === "sample" ? "original" : "from z"));
    view.show(film, [`Start · ${captions[0]}`, `End · ${captions[1]}`], usual_log_prior);
    showPosition();
  };

  // --- The value: changed here without a message, sent when a gesture ends -----------------------

  const show = (value: number) => {
    if (value === model.get("value")) return;
    uncommitted = true;
    ownChange = true;
    model.set("value", value); // every view of this widget follows
    ownChange = false;
  };
  const showFrame = (frame: number) => show(valueOf(frame, film!.frames));

  const commit = () => {
    clearTimeout(commitTimer);
    if (!uncommitted) return;
    uncommitted = false;
    pushState(model, "value");
    showDetail();
  };

  const valueChanged = () => {
    // Python or another view moved it: do not pull it back.
    if (!ownChange) stopPlaying();
    showPosition();
  };

  // --- Playing -----------------------------------------------------------------------------------

  const stopPlaying = () => {
    cancelAnimationFrame(playTimer);
    playTimer = 0;
    controls.showPlaying(false);
    // A screen reader would read every frame aloud.
    shell.root.removeAttribute("aria-busy");
  };
  const startPlaying = () => {
    if (!film) return;
    clearTimeout(commitTimer); // the pause will commit
    const over = controls.repeat === "once" && model.get("value") === 1;
    head = { ...head, at: over ? 0 : model.get("value") };
    let last = performance.now();
    const tick = (now: number) => {
      // After a hidden tab or a busy page, go on instead of jumping.
      const seconds = Math.min(0.1, Math.max(0, now - last) / 1000);
      last = now;
      head = advance(head, (seconds * controls.speed) / SECONDS_PER_PASS, controls.repeat);
      showFrame(frameOf(head.at, film!.frames));
      if (controls.repeat === "once" && head.at === 1) return togglePlaying();
      playTimer = requestAnimationFrame(tick);
    };
    playTimer = requestAnimationFrame(tick);
    controls.showPlaying(true);
    shell.root.setAttribute("aria-busy", "true");
  };
  const togglePlaying = () => {
    if (!playTimer) return startPlaying();
    stopPlaying();
    commit();
  };

  // --- Controls ----------------------------------------------------------------------------------

  /** Say so if nothing new is there to see after a while. */
  const expectFrames = () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => shell.setStatus(LATE), PATIENCE);
  };
  const ask = <K extends "method" | "compare">(name: K, value: State[K]) => {
    stopPlaying();
    uncommitted = false; // sent along
    shell.setStatus("Decoding…");
    expectFrames();
    model.set(name, value); // shows it at once where it has been decoded
    pushState(model, name, "value");
  };
  const controls = new FilmControls(shell, {
    play: togglePlaying,
    method: (name) => ask("method", name),
    compare: () => ask("compare", !model.get("compare")),
    swap() {
      stopPlaying();
      commit();
      expectFrames();
      send(model, { type: "swap" });
    },
  });
  const sound = new SoundPlayer(model, shell.root, shell.setStatus);
  const hear = sound.button("Hear", "Hear this frame (H on the filmstrip)", () => index());
  if (model.get("_has_sound")) controls.addAfterPlay(hear);
  const failed = (message: { type?: string; why?: string }) => {
    if (message.type !== "refused") return;
    clearTimeout(waiting);
    shell.root.setAttribute("data-failed", "");
    shell.setStatus(message.why!);
  };

  // --- Gestures ----------------------------------------------------------------------------------

  let before = 0;
  const drag = {
    start(at: Point) {
      if (!film) return false;
      stopPlaying();
      clearTimeout(commitTimer); // the release will commit
      before = model.get("value");
      shell.root.setAttribute("aria-busy", "true");
      showFrame(view.frameAt(at.x));
    },
    move: (at: Point) => showFrame(view.frameAt(at.x)),
    end() {
      shell.root.removeAttribute("aria-busy");
      commit();
    },
    cancel() {
      shell.root.removeAttribute("aria-busy");
      show(before);
      commit();
    },
  };
  const stopDrags = view.tracks.map((track) => onDrag(track, drag));

  const stopKeys = onKey(slider, (key) => {
    if (!film) return false;
    if (key === " ") {
      togglePlaying();
      return true;
    }
    if (key === "h" && model.get("_has_sound")) {
      hear.click();
      return true;
    }
    const last = film.frames - 1;
    const page = Math.max(1, Math.round(last / 10));
    const frame = {
      ArrowLeft: index() - 1,
      ArrowDown: index() - 1,
      ArrowRight: index() + 1,
      ArrowUp: index() + 1,
      PageDown: index() - page,
      PageUp: index() + page,
      Home: 0,
      End: last,
    }[key];
    if (frame === undefined) return false;
    stopPlaying();
    showFrame(frame);
    clearTimeout(commitTimer);
    commitTimer = window.setTimeout(commit, COMMIT_DELAY);
    return true;
  });

  model.on("change:_content", load);
  model.on("change:value", valueChanged);
  model.on("change:_detail", showDetail);
  model.on("change:method", showMethod);
  model.on("change:compare", showMethod);
  model.on("msg:custom", failed);
  showMethod();
  void load();

  return () => {
    gone = true;
    stopPlaying();
    clearTimeout(commitTimer);
    clearTimeout(waiting);
    for (const stop of stopDrags) stop();
    stopKeys();
    model.off("change:_content", load);
    model.off("change:value", valueChanged);
    model.off("change:_detail", showDetail);
    model.off("change:method", showMethod);
    model.off("change:compare", showMethod);
    model.off("msg:custom", failed);
    sound.close();
    view.destroy();
    shell.notice.close();
    shell.root.remove();
  };
}

export default { render };
