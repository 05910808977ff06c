/** Slide between two samples: frames that were decoded beforehand, scrubbed and played here. */

import type { AnyModel } from "@anywidget/types";
import "./interpolation_slider.css";
import { readArray, type WireArray } from "./arrays.ts";
import { frameOf, valueOf } from "./film_track.ts";
import { createFilmView } from "./film_view.ts";
import { onDrag, onKey } from "./gestures.ts";
import { decimalsFor, distance, number, row, zText } from "./path_readout.ts";
import { advance, type Playhead } from "./playback.ts";
import { button, createShell, element } from "./shell.ts";
import { Tiles, type WireAtlas } from "./tiles.ts";

interface Content {
  /** The frames, then the two ends. */
  atlas: WireAtlas;
  path: WireArray;
  kinds: ("latent" | "sample")[];
  revision: number;
}

interface State {
  value: number;
  method: string;
  _content: Content;
}

/** A content whose picture has been decoded and is shown. */
interface Film {
  content: Content;
  path: Float32Array;
  frames: number;
  /** Of the numbers in the readout. */
  decimals: number;
}

const SECONDS_PER_PASS = 3;
const SPEEDS = { "½×": 0.5, "1×": 1, "2×": 2, "4×": 4 };
const METHODS = { "slerp (arc)": "slerp", "linear (line)": "linear" };
// Long enough for a key that repeats, short enough to feel immediate in the next cell.
const COMMIT_DELAY = 300;

function render({ model, el }: { model: AnyModel<State>; el: HTMLElement }) {
  const shell = createShell(el, "Interpolation");
  shell.root.classList.add("vw-interpolation");

  let film: Film | null = null;
  let uncommitted = false;
  let ownChange = false;
  let commitTimer = 0;
  let playTimer = 0;
  let head: Playhead = { at: 0, direction: 1 };
  let pingPong = true;
  let speed = 1;
  let gone = false;

  // --- The picture -------------------------------------------------------------------------------

  const view = createFilmView(shell.picture);
  const { slider } = view;
  const index = () => frameOf(model.get("value"), film!.frames);

  const showPosition = () => {
    // New tiles are on their way: their position must not be shown on the old ones.
    if (film?.content !== model.get("_content")) return;
    const value = model.get("value");
    view.moveTo(value);
    const { path, frames, decimals } = film;
    const dim = path.length / frames;
    const z = row(path, dim, index());
    const far = (frame: number) => number(distance(z, row(path, dim, frame)), decimals);
    shell.root.removeAttribute("data-failed");
    shell.say(
      [
        `value ${value.toFixed(3)}`,
        `latent distance ${far(0)} from start, ${far(frames - 1)} to end`,
        zText(z, decimals),
      ].join(" · "),
    );
  };

  const load = async () => {
    const content = model.get("_content");
    const tiles = await Tiles.load(content.atlas);
    if (gone || content !== model.get("_content")) return tiles.close();
    const path = readArray(content.path);
    const frames = content.path.shape[0];
    film = { content, path, frames, decimals: decimalsFor(path) };
    const [start, end] = content.kinds.map((kind) => (kind === "sample" ? "original" : "from z"));
    view.load(tiles, frames, [`Start · ${start}`, `End · ${end}`]);
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
    model.save_changes();
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
    play.textContent = "▶ Play";
    // A screen reader would read every frame aloud.
    shell.root.removeAttribute("aria-busy");
  };
  const startPlaying = () => {
    if (!film) return;
    clearTimeout(commitTimer); // the pause will commit
    head = { ...head, at: model.get("value") };
    let last = performance.now();
    const tick = (now: number) => {
      // After a hidden tab or a busy page, go on instead of jumping.
      const seconds = Math.min(0.1, Math.max(0, now - last) / 1000);
      last = now;
      head = advance(head, (seconds * speed) / SECONDS_PER_PASS, pingPong);
      showFrame(frameOf(head.at, film!.frames));
      playTimer = requestAnimationFrame(tick);
    };
    playTimer = requestAnimationFrame(tick);
    play.textContent = "❚❚ Pause";
    shell.root.setAttribute("aria-busy", "true");
  };
  const togglePlaying = () => {
    if (!playTimer) return startPlaying();
    stopPlaying();
    commit();
  };

  // --- Controls ----------------------------------------------------------------------------------

  const play = button("▶ Play", "Play or pause (Space on the filmstrip)", togglePlaying);
  play.classList.add("vw-play");
  const bounce = button("Ping-pong", "Play back and forth, or start over at the end", () => {
    pingPong = !pingPong;
    bounce.setAttribute("aria-pressed", String(pingPong));
  });
  bounce.setAttribute("aria-pressed", "true");
  const speeds = choice("Speed", SPEEDS, (chosen) => (speed = chosen));
  speeds.value = "1×";
  const methods = choice("Path", METHODS, (chosen) => {
    stopPlaying();
    uncommitted = false; // sent with the method
    model.set("method", chosen);
    model.save_changes();
    shell.say("Decoding the new path…");
  });
  const swap = button("⇄ Swap ends", "Exchange start and end", () => {
    stopPlaying();
    commit();
    model.send({ action: "swap" });
  });
  shell.controls.append(play, bounce, speeds.parentElement!, methods.parentElement!, swap);

  const methodChanged = () => {
    const name = Object.entries(METHODS).find(([, method]) => method === model.get("method"));
    if (name) methods.value = name[0];
  };
  const failed = (message: { error?: string }) => {
    if (!message.error) return;
    shell.root.setAttribute("data-failed", "");
    shell.say(message.error);
  };

  // --- Gestures ----------------------------------------------------------------------------------

  let before = 0;
  const stopDrag = onDrag(slider, {
    start(at) {
      if (!film) return false;
      stopPlaying();
      clearTimeout(commitTimer); // the release will commit
      before = model.get("value");
      shell.root.setAttribute("aria-busy", "true");
      showFrame(view.frameAt(at.x));
    },
    move: (at) => showFrame(view.frameAt(at.x)),
    end() {
      shell.root.removeAttribute("aria-busy");
      commit();
    },
    cancel() {
      shell.root.removeAttribute("aria-busy");
      show(before);
      commit();
    },
  });

  const stopKeys = onKey(slider, (key) => {
    if (!film) return false;
    if (key === " ") {
      togglePlaying();
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
  model.on("change:method", methodChanged);
  model.on("msg:custom", failed);
  methodChanged();
  void load();

  return () => {
    gone = true;
    stopPlaying();
    clearTimeout(commitTimer);
    stopDrag();
    stopKeys();
    model.off("change:_content", load);
    model.off("change:value", valueChanged);
    model.off("change:method", methodChanged);
    model.off("msg:custom", failed);
    view.destroy();
    shell.root.remove();
  };
}

/** A select in a label; `chosen` gets the value of the option that was picked. */
function choice<T>(
  label: string,
  options: Record<string, T>,
  chosen: (value: T) => void,
): HTMLSelectElement {
  const field = element("label", "vw-field");
  const select = element("select", "vw-input");
  for (const name of Object.keys(options)) select.add(new Option(name, name));
  select.addEventListener("change", () => chosen(options[select.value]));
  field.append(label, select);
  return select;
}

export default { render };
