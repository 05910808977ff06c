/** The page of InterpolationSlider: frames that were decoded beforehand, dragged and played here. */

import type { AnyModel } from "@anywidget/types";
import "./widget.css";
import { frameOf, valueOf } from "../canvas/frames.ts";
import type { Point } from "../canvas/geometry.ts";
import { DetailText } from "../controls/detail_text.ts";
import { exportMenu } from "../controls/export_menu.ts";
import { onDrag, type DragHandlers, type Touch } from "../controls/gestures.ts";
import { History, onUndo } from "../controls/history.ts";
import { onKey } from "../controls/keys.ts";
import { createShell, element, type Shell } from "../controls/shell.ts";
import { SoundPlayer } from "../controls/sound_player.ts";
import { readArray } from "../kernel/arrays.ts";
import { Tiles } from "../kernel/atlas.ts";
import { Channel } from "../kernel/channel.ts";
import { frontEndModule, type View } from "../kernel/front_end_module.ts";
import { LATE, PATIENCE } from "../kernel/latest_request.ts";
import { listen } from "../kernel/listen.ts";
import { send, setAndPush, pushState } from "../kernel/sync.ts";
import { ContentHere } from "./content_here.ts";
import { SliderControls, type SliderActions } from "./controls.ts";
import { sliderFiles } from "./export.ts";
import { draftFilm } from "./draft.ts";
import type { End } from "./end_field.ts";
import type { Film } from "./filmstrip.ts";
import { Player } from "./playback.ts";
import { decimalsFor, distance, row, withDecimals, zText } from "./readout.ts";
import { readFilm, type Content, type State } from "./state.ts";
import { SliderView } from "./view.ts";

// Long enough for a key that repeats, short enough to feel immediate in the next cell.
const COMMIT_DELAY = 300;
/** Of a path, ends included: `_FRAMES_HEARD` in widgets/interpolation_slider/widget.py. */
const FRAMES_HEARD = 5;

class InterpolationSliderView implements SliderActions, DragHandlers {
  readonly #model: AnyModel<State>;
  readonly #shell: Shell;
  readonly #view: SliderView;
  readonly #note = element("span", "vw-film-note");
  readonly #detail = new DetailText("vw-film-detail");
  readonly #controls: SliderControls;
  readonly #player: Player;
  readonly #sound: SoundPlayer;
  readonly #hear: HTMLButtonElement;
  readonly #hearPath: HTMLButtonElement;
  readonly #here: ContentHere;
  readonly #stops: (() => void)[];
  #film: Film | null = null;
  /** The tiles of the content are loaded, and shown. */
  #loading: Promise<void> | null = null;
  /** The content whose tiles have been decoded and are shown. */
  #shown: Content | null = null;
  /** Whether the kernel does not have the value yet: it is sent when a gesture ends. */
  #uncommitted = false;
  /** The value before the changes that are not committed. */
  #before = 0;
  #ownChange = false;
  /** A swap that the kernel has not answered, and the value that a gesture has set since. */
  #swap: { seq: number; value: number | null } | null = null;
  #commitTimer = 0;
  #lateTimer = 0;
  #dragStart = 0;
  #closed = false;

  constructor(model: AnyModel<State>, el: HTMLElement) {
    this.#model = model;
    const shell = (this.#shell = createShell(el, "Interpolation", model, "sliding, playing"));
    shell.root.classList.add("vw-interpolation");
    this.#view = new SliderView(shell.picture, (which, sample) => this.#chooseEnd(which, sample));
    shell.title.append(this.#note);
    shell.picture.after(this.#detail.root);
    this.#controls = new SliderControls(shell, this);
    this.#player = new Player(
      this.#controls,
      (at) => this.#showFrame(frameOf(at, this.#film!.frames)),
      () => this.togglePlaying(),
    );
    this.#sound = new SoundPlayer(model, shell.root, shell.setStatus);
    this.#hear = this.#sound.button("Hear", "Hear this frame (H)", () => this.#frame);
    this.#hearPath = this.#sound.button(
      "Hear path",
      "Hear frames from start to end, one after another (J)",
      () => "path",
      (share) => this.#follow(share),
    );
    if (model.get("_has_sound")) this.#controls.addAfterPlay(this.#hear, this.#hearPath);
    const shown = () => ({ film: this.#film!, content: this.#shown! });
    shell.title.append(exportMenu(sliderFiles(shell.root, this.#controls, shown), shell.setStatus));
    this.#here = new ContentHere(model);
    for (const event of ["pointerenter", "focusin"]) {
      shell.controls.addEventListener(event, () => this.#here.prepare());
    }
    const showMethod = () => this.#showMethod();
    const failed = (answer: { error?: string }) => void this.#fail(answer);
    this.#stops = [
      ...this.#view.tracks.map((track) => onDrag(track, this)),
      onKey(this.#view.slider, (key) => this.#key(key)),
      onUndo(this.#view.slider, model, shell.setStatus),
      this.#here.watch(() => this.#showPosition()),
      listen(model, {
        _content: () => (this.#loading = this.#load()),
        _ends: () => this.#view.showEnds(model.get("_ends")),
        value: () => this.#valueChanged(),
        _detail: () => this.#showDetail(),
        method: showMethod,
        compare: showMethod,
        _draft: showMethod,
      }),
      Channel.of(model).listen({
        state: failed,
        swap: (answer) => {
          if (answer.error) void this.#fail(answer);
          if (answer.seq === this.#swap?.seq) this.#swapped();
        },
        end: (answer) => {
          if (answer.error) return void this.#fail(answer);
          clearTimeout(this.#lateTimer);
          this.#showPosition(); // the same end again brings no new frames
        },
      }),
    ];
    this.#view.showEnds(model.get("_ends"));
    showMethod();
    this.#loading = this.#load();
  }

  close(): void {
    this.#closed = true;
    this.#stopPlaying();
    clearTimeout(this.#commitTimer);
    clearTimeout(this.#lateTimer);
    for (const stop of this.#stops) stop();
    this.#sound.close();
    this.#here.close();
    this.#view.close();
    this.#shell.notice.close();
    this.#shell.root.remove();
  }

  // -- the picture -------------------------------------------------------------------------------

  get #frame(): number {
    return frameOf(this.#model.get("value"), this.#film!.frames);
  }

  async #load(): Promise<void> {
    const content = this.#model.get("_content");
    const tiles = await Tiles.load(content.atlas);
    if (this.#closed || content !== this.#model.get("_content")) return tiles.close();
    this.#shown = content;
    this.#note.textContent = content.note ?? "";
    this.#film = readFilm(content, tiles);
    if (this.#model.get("_draft")) this.#model.set("_draft", null); // shows the film
    else this.#showMethod();
  }

  #showMethod(): void {
    const method = this.#model.get("method");
    const { methods, strips, kinds, usual_log_prior } = this.#model.get("_content");
    this.#controls.showMethods(methods, method, this.#model.get("compare"));
    const chosen = strips.findIndex((strip) => strip.method === method);
    // Without the method's frames, the kernel is decoding them.
    if (!this.#film || this.#shown !== this.#model.get("_content") || chosen < 0) return;
    clearTimeout(this.#lateTimer);
    this.#film = { ...this.#film, chosen };
    const draft = this.#model.get("_draft");
    const ends = [0, this.#film.stops.length - 1];
    const captions = kinds.map((kind, i) =>
      kind === "sample" && !draft?.moved.has(ends[i]) ? "original" : "from z",
    );
    const names = [`Start · ${captions[0]}`, `End · ${captions[1]}`];
    if (draft) this.#view.showDraft(draftFilm(this.#film, draft), names, usual_log_prior);
    else this.#view.show(this.#film, names, usual_log_prior);
    this.#showPosition();
  }

  #showPosition(): void {
    this.#showDetail();
    const film = this.#film;
    // While new tiles are loaded, the old ones must not show a position on them.
    if (!film || this.#shown !== this.#model.get("_content")) return;
    const value = this.#model.get("value");
    const draft = this.#model.get("_draft");
    const between = draft ? null : this.#here.between(value);
    this.#view.moveTo(value, between?.tiles);
    const path: Float32Array = draft?.path ?? readArray(this.#shown.strips[film.chosen].path);
    const decimals = decimalsFor(path);
    const dim = path.length / film.frames;
    const z = between?.z ?? row(path, dim, this.#frame);
    const far = (frame: number) => withDecimals(distance(z, row(path, dim, frame)), decimals);
    this.#shell.root.removeAttribute("data-failed");
    this.#shell.setStatus(
      [
        `value ${value.toFixed(3)}`,
        `latent distance ${far(0)} from start, ${far(film.frames - 1)} to end`,
        zText(z, decimals),
      ].join(" · "),
    );
  }

  #showDetail(): void {
    const { root } = this.#detail;
    this.#detail.show(this.#model.get("_detail") ?? "");
    if (!root.hidden) root.style.minHeight = `${root.offsetHeight}px`;
    // The text is about the committed frame: during a drag another frame is shown.
    root.classList.toggle("vw-stale", this.#uncommitted);
  }

  async #fail({ error }: { error?: string }): Promise<void> {
    clearTimeout(this.#lateTimer);
    this.#here.restore();
    await this.#loading; // which shows the position in the status line
    this.#shell.root.setAttribute("data-failed", "");
    this.#shell.setStatus(error!);
  }

  // -- the value: changed here without a message, sent when a gesture ends -----------------------

  #valueChanged(): void {
    // Python or another view moved it: playing on would pull it back.
    if (!this.#ownChange) this.#stopPlaying();
    this.#showPosition();
  }

  #show(value: number): void {
    if (this.#swap) this.#swap.value = value;
    const before = this.#model.get("value");
    if (value === before) return;
    if (!this.#uncommitted) this.#before = before;
    this.#uncommitted = true;
    this.#ownChange = true;
    this.#model.set("value", value); // every view of this widget follows
    this.#ownChange = false;
  }

  #showFrame(frame: number): void {
    this.#show(valueOf(frame, this.#film!.frames));
  }

  #commit(): void {
    clearTimeout(this.#commitTimer);
    if (!this.#uncommitted) return;
    this.#addStep();
    pushState(this.#model, "value");
    this.#showDetail();
  }

  /** Make the changes that are not committed one step, which Ctrl+Z undoes. */
  #addStep(): void {
    this.#uncommitted = false;
    const [before, value] = [this.#before, this.#model.get("value")];
    if (value === before) return;
    const set = (to: number) => setAndPush(this.#model, { value: to });
    History.of(this.#model).add({ undo: () => set(before), redo: () => set(value) });
  }

  // -- controls ----------------------------------------------------------------------------------

  togglePlaying(): void {
    if (this.#player.playing) {
      this.#stopPlaying();
      this.#commit();
    } else if (this.#film) {
      this.#sound.leave();
      clearTimeout(this.#commitTimer); // the pause will commit
      this.#player.start(this.#model.get("value"));
      this.#controls.showPlaying(true);
      // A screen reader would read every frame aloud.
      this.#shell.root.ariaBusy = "true";
    }
  }

  setMethod(method: string): void {
    this.#request("method", method);
  }

  toggleCompare(): void {
    this.#request("compare", !this.#model.get("compare"));
  }

  swapEnds(): void {
    this.#stopPlaying();
    this.#commit();
    this.#sendSwap();
    const again = () => this.#sendSwap();
    History.of(this.#model).add({ undo: again, redo: again });
  }

  #sendSwap(): void {
    this.#expectFrames();
    this.#here.swap();
    this.#swap = { seq: send(this.#model, "swap", {}).seq, value: null };
  }

  /** The swap has set the value. A gesture made since then counts more. */
  #swapped(): void {
    const { value } = this.#swap!;
    this.#swap = null;
    if (value === null) return;
    this.#show(value);
    this.#commit();
  }

  #chooseEnd(which: End, sample: number | null): void {
    this.#stopPlaying();
    this.#commit();
    this.#shell.setStatus("Decoding\u2026");
    this.#expectFrames();
    send(this.#model, "end", { which, sample });
  }

  /** Show the frame of the path that is heard, `share` of whose sound is over. */
  #follow(share: number): void {
    if (!this.#film) return;
    const heard = Math.min(FRAMES_HEARD, this.#film.frames);
    const nth = Math.min(heard - 1, Math.floor(share * heard));
    const frame = Math.round((nth * (this.#film.frames - 1)) / (heard - 1));
    if (frame === this.#frame) return;
    this.#showFrame(frame);
    this.#commitSoon();
  }

  #commitSoon(): void {
    clearTimeout(this.#commitTimer);
    this.#commitTimer = window.setTimeout(() => this.#commit(), COMMIT_DELAY);
  }

  #stopPlaying(): void {
    this.#sound.leave(); // whoever moves the position does not want it moved
    this.#player.stop();
    this.#controls.showPlaying(false);
    this.#shell.root.removeAttribute("aria-busy");
  }

  #request<Name extends "method" | "compare">(name: Name, value: State[Name]): void {
    this.#stopPlaying();
    if (this.#uncommitted) this.#addStep(); // the value is sent along
    this.#shell.setStatus("Decoding…");
    this.#expectFrames();
    this.#model.set(name, value); // shows the path at once where it has been decoded
    pushState(this.#model, name, "value");
    if (this.#film && this.#shown === this.#model.get("_content")) void this.#here.decode(this.#film.tiles);
  }

  /** Say so if no new frames have come after a while. */
  #expectFrames(): void {
    clearTimeout(this.#lateTimer);
    this.#lateTimer = window.setTimeout(() => this.#shell.setStatus(LATE), PATIENCE);
  }

  // -- gestures ----------------------------------------------------------------------------------

  touch(): Touch {
    return "sideways";
  }

  start(at: Point): boolean | void {
    if (!this.#film) return false;
    this.#stopPlaying();
    clearTimeout(this.#commitTimer); // the release will commit
    this.#dragStart = this.#model.get("value");
    this.#shell.root.ariaBusy = "true";
    this.move(at);
  }

  move(at: Point): void {
    this.#showFrame(this.#view.frameAt(at.x));
  }

  end(): void {
    this.#shell.root.removeAttribute("aria-busy");
    this.#commit();
  }

  cancel(): void {
    this.#show(this.#dragStart);
    this.end();
  }

  #key(key: string): boolean {
    if (!this.#film) return false;
    if (key === "Undo" || key === "Redo") {
      this.#stopPlaying();
      this.#commit();
      return false; // for `onUndo`
    }
    if (key === " ") this.togglePlaying();
    else if (key === "h" && this.#model.get("_has_sound")) this.#hear.click();
    else if (key === "j" && this.#model.get("_has_sound")) this.#hearPath.click();
    else return this.#step(key);
    return true;
  }

  #step(key: string): boolean {
    const frame = this.#frame;
    const last = this.#film!.frames - 1;
    const page = Math.max(1, Math.round(last / 10));
    const target = {
      ArrowLeft: frame - 1,
      ArrowDown: frame - 1,
      ArrowRight: frame + 1,
      ArrowUp: frame + 1,
      PageDown: frame - page,
      PageUp: frame + page,
      Home: 0,
      End: last,
    }[key];
    if (target === undefined) return false;
    this.#stopPlaying();
    this.#showFrame(target);
    this.#commitSoon();
    return true;
  }
}

function render({ model, el }: View<State>) {
  const view = new InterpolationSliderView(model, el);
  return () => view.close();
}

export default frontEndModule(render);
