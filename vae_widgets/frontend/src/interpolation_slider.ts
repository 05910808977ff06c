/** Slide between two samples: frames that were decoded beforehand, scrubbed and played here. */

import type { AnyModel } from "@anywidget/types";
import "./interpolation_slider.css";
import { readArray, type WireArray } from "./arrays.ts";
import { frameOf, layFilmTrack, valueAt, valueOf, xOf } from "./film_track.ts";
import { onDrag, onKey } from "./gestures.ts";
import { decimalsFor, distance, number, row, zText } from "./path_readout.ts";
import { Picture } from "./picture.ts";
import { advance, type Playhead } from "./playback.ts";
import { button, createShell, element } from "./shell.ts";
import type { Theme } from "./theme.ts";
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

/** A content whose picture has been decoded. */
interface Film {
  content: Content;
  tiles: Tiles;
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
// Around the strip's tiles, for the frame of the thumb.
const MARGIN = 4;

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

  // --- The picture: start, current frame and end above the strip ---------------------------------

  const index = () => frameOf(model.get("value"), film!.frames);

  const addFrame = (className: string, tile: () => number) => {
    const figure = element("figure", `vw-film-frame ${className}`);
    const box = element("div", "");
    const caption = element("figcaption", "");
    figure.append(box, caption);
    shell.picture.append(figure);
    const picture = new Picture(box, (context, theme) => {
      const { width, height } = picture;
      if (film) drawTile(context, theme, film.tiles, tile(), 0, width, height, 1);
    });
    picture.canvas.setAttribute("role", "img");
    const describe = (text: string) => {
      caption.textContent = text;
      picture.canvas.setAttribute("aria-label", text);
    };
    return { picture, describe };
  };
  const start = addFrame("vw-film-start", () => film!.frames);
  const current = addFrame("vw-film-current", index);
  const end = addFrame("vw-film-end", () => film!.frames + 1);

  const stripBox = element("div", "vw-film-strip");
  shell.picture.append(stripBox);
  const strip: Picture = new Picture(stripBox, (context, theme) => {
    if (!film) return;
    const track = layTrack();
    const drawCell = (frame: number, left: number) =>
      drawTile(context, theme, film!.tiles, frame, left, track.cell, strip.height, MARGIN);
    for (let i = 0; i < track.count; i++) {
      drawCell(frameOf(i / (track.count - 1), film.frames), i * track.cell);
    }
    // The thumb shows the very frame, framed, on top of the film.
    const thumb = drawCell(index(), xOf(track, model.get("value")) - track.cell / 2);
    context.strokeStyle = theme.accent;
    context.lineWidth = 3;
    context.strokeRect(thumb.x - 1.5, thumb.y - 1.5, thumb.width + 3, thumb.height + 3);
  });
  const layTrack = () => {
    const tiles = film!.tiles;
    const high = strip.height - 2 * MARGIN;
    return layFilmTrack(strip.width, (high * tiles.width) / tiles.height + 2 * MARGIN);
  };

  const slider = strip.canvas;
  slider.tabIndex = 0;
  slider.setAttribute("role", "slider");
  slider.setAttribute("aria-label", "Position between start and end");
  slider.setAttribute("aria-valuemin", "0");
  slider.setAttribute("aria-valuemax", "1");
  // JupyterLab's own shortcuts listen before the page does.
  slider.dataset.lmSuppressShortcuts = "true";

  const showPosition = () => {
    // New tiles are on their way: their position must not be shown on the old ones.
    if (film?.content !== model.get("_content")) return;
    const value = model.get("value");
    const { path, frames, decimals } = film;
    const i = index();
    const dim = path.length / frames;
    const z = row(path, dim, i);
    const far = (other: number) => number(distance(z, row(path, dim, other)), decimals);
    slider.setAttribute("aria-valuenow", value.toFixed(3));
    slider.setAttribute("aria-valuetext", `${value.toFixed(2)}, frame ${i + 1} of ${frames}`);
    current.describe(`frame ${i + 1} of ${frames}`);
    shell.root.removeAttribute("data-failed");
    shell.say(
      `value ${value.toFixed(3)} · latent distance ${far(0)} from start, ${far(frames - 1)} to end` +
        ` · ${zText(z, decimals)}`,
    );
    current.picture.redraw();
    strip.redraw();
  };

  const load = async () => {
    const content = model.get("_content");
    const tiles = await Tiles.load(content.atlas);
    if (gone || content !== model.get("_content")) return tiles.close();
    film?.tiles.close();
    const path = readArray(content.path);
    film = {
      ...{ content, tiles, path },
      frames: content.path.shape[0],
      decimals: decimalsFor(path),
    };
    const [first, last] = content.kinds.map((kind) => (kind === "sample" ? "original" : "from z"));
    shell.picture.style.setProperty("--vw-tile-aspect", `${tiles.width} / ${tiles.height}`);
    start.describe(`Start · ${first}`);
    end.describe(`End · ${last}`);
    start.picture.redraw();
    end.picture.redraw();
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

  // --- Playing ------------------------------------------------------------------------------------

  const stopPlaying = () => {
    cancelAnimationFrame(playTimer);
    playTimer = 0;
    play.textContent = "▶ Play";
    // A screen reader would read every frame aloud.
    shell.root.removeAttribute("aria-busy");
  };
  const startPlaying = () => {
    if (!film) return;
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

  // --- Controls -----------------------------------------------------------------------------------

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

  // --- Gestures -----------------------------------------------------------------------------------

  let before = 0;
  const scrub = (x: number) => showFrame(frameOf(valueAt(layTrack(), x), film!.frames));
  const stopDrag = onDrag(slider, {
    start(at) {
      if (!film) return false;
      stopPlaying();
      before = model.get("value");
      shell.root.setAttribute("aria-busy", "true");
      scrub(at.x);
    },
    move: (at) => scrub(at.x),
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
    for (const { picture } of [start, current, end]) picture.destroy();
    strip.destroy();
    film?.tiles.close();
    shell.root.remove();
  };
}

/** Draw a tile in the middle of the column from x, enlarged by a whole number where it fits twice
 * or more, with a margin on all sides. Returns where it lies. */
function drawTile(
  context: CanvasRenderingContext2D,
  theme: Theme,
  tiles: Tiles,
  index: number,
  x: number,
  width: number,
  height: number,
  margin: number,
): { x: number; y: number; width: number; height: number } {
  let scale = Math.min((width - 2 * margin) / tiles.width, (height - 2 * margin) / tiles.height);
  if (scale >= 2) scale = Math.floor(scale);
  const w = Math.round(tiles.width * scale);
  const h = Math.round(tiles.height * scale);
  const left = Math.round(x + (width - w) / 2);
  const top = Math.round((height - h) / 2);
  tiles.draw(context, index, left, top, w, h);
  // Around the tile, not over its outer pixels.
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.strokeRect(left - 0.5, top - 0.5, w + 1, h + 1);
  return { x: left, y: top, width: w, height: h };
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
