/** The way from one code to another, decoded: a filmstrip that is a slider. */

import "../../interpolation_slider/widget.css";
import { frameOf, valueOf } from "../../canvas/frames.ts";
import type { Point } from "../../canvas/geometry.ts";
import { categoryColour } from "../../canvas/palette.ts";
import { latentPath, LEGS } from "../../codec/paths.ts";
import { onDrag } from "../../controls/gestures.ts";
import { onKey, setMainPart } from "../../controls/keys.ts";
import { button, element } from "../../controls/shell.ts";
import { Filmstrip } from "../../interpolation_slider/filmstrip.ts";
import { Player } from "../../interpolation_slider/playback.ts";
import { Tiles } from "../../kernel/atlas.ts";
import type { Decoder } from "./decoder.ts";
import { TileFigure } from "./figure.ts";
import type { PlanePath } from "./plane.ts";

const FRAMES = 33;

export class SlidePanel {
  readonly root = element("div", "vw-play-slide");
  readonly #current: TileFigure;
  readonly #strip: Filmstrip;
  readonly #play: HTMLButtonElement;
  readonly #player: Player;
  readonly #moved: (path: PlanePath) => void;
  readonly #stops: (() => void)[];
  #ends: [Point, Point] | null = null;
  /** Whether the reader has moved an end. */
  #isOwn = false;
  #swapped = false;
  #path: Float32Array = new Float32Array();
  #decoder: Decoder | null = null;
  #value = 0;

  /** `moved` gets the path and its frame, for the plane. */
  constructor(moved: (path: PlanePath) => void) {
    this.#moved = moved;
    const hint = "Slide from one code to another. A click on the plane moves the nearer end there.";
    this.root.append(element("p", "vw-play-hint", hint));
    this.#current = new TileFigure(this.root, "The place on the way");
    this.#strip = new Filmstrip(this.root);
    const { canvas } = this.#strip;
    this.#play = button("▶ Play", "Play or pause the way there and back", () => this.#toggle());
    const controls = element("div", "vw-play-buttons");
    controls.append(this.#play, button("⇄ Swap ends", "Go the other way", () => this.#swap()));
    this.root.append(controls);
    this.#player = new Player({ repeat: "bounce", speed: 1 }, (at) => this.#moveTo(at), () => this.#stop());
    setMainPart(canvas);
    canvas.role = "slider";
    canvas.ariaLabel = "Place between start and end";
    canvas.ariaValueMin = "0";
    canvas.ariaValueMax = "1";
    const drag = ({ x }: Point) => {
      this.#stop();
      this.#moveTo(valueOf(this.#strip.frameAt(x), FRAMES));
    };
    this.#stops = [
      onDrag(canvas, { touch: () => "sideways", start: drag, move: drag, end: () => {} }),
      onKey(canvas, (key, { shiftKey }) => {
        const step = (shiftKey ? 4 : 1) / (FRAMES - 1);
        const to = { ArrowLeft: this.#value - step, ArrowRight: this.#value + step, Home: 0, End: 1 }[key];
        if (to === undefined) return false;
        this.#stop();
        this.#moveTo(Math.max(0, Math.min(1, to)));
        return true;
      }),
    ];
  }

  /** Decode the way with the newest weights. It goes from `start` to `end` until the reader moves an end. */
  show(decoder: Decoder, start: Point, end: Point): void {
    this.#decoder = decoder;
    if (!this.#isOwn) this.#ends = this.#swapped ? [end, start] : [start, end];
    this.#film();
  }

  /** Move the end that is nearer to a place there. */
  moveEnd(place: Point): void {
    if (!this.#ends) return;
    const far = this.#ends.map(({ x, y }) => Math.hypot(x - place.x, y - place.y));
    this.#ends[far[0] <= far[1] ? 0 : 1] = place;
    this.#isOwn = true;
    this.#film();
  }

  /** Stop playing, as another panel is seen. */
  rest(): void {
    this.#stop();
  }

  close(): void {
    this.#player.stop();
    for (const stop of this.#stops) stop();
    this.#strip.close();
    this.#current.close();
  }

  #film(): void {
    if (!this.#ends || !this.#decoder) return;
    const points = this.#ends.map(({ x, y }) => [x, y]);
    this.#path = latentPath(points, [0, FRAMES - 1], FRAMES, LEGS.linear);
    const none = new Float64Array();
    const row = { name: "", colour: categoryColour(0), logPrior: none, stepSize: none };
    const tiles = Tiles.of(this.#decoder.draw(this.#decoder.decode(this.#path)));
    this.#strip.show({ tiles, frames: FRAMES, tokens: false, rows: [row], chosen: 0, stops: [0, FRAMES - 1] });
    this.#moveTo(this.#value);
  }

  #moveTo(value: number): void {
    this.#value = value;
    this.#strip.moveTo(value);
    const frame = frameOf(value, FRAMES);
    this.#strip.canvas.ariaValueNow = value.toFixed(3);
    this.#strip.canvas.ariaValueText = `frame ${frame + 1} of ${FRAMES}`;
    if (!this.#decoder || !this.#ends) return;
    const z = this.#path.subarray(2 * frame, 2 * frame + 2);
    this.#current.show(this.#decoder.draw(this.#decoder.decode(z)), `Frame ${frame + 1} of ${FRAMES}`);
    this.#moved({ path: this.#path, frame });
  }

  #swap(): void {
    this.#ends?.reverse();
    this.#swapped = !this.#swapped;
    this.#value = 1 - this.#value;
    this.#film();
  }

  #toggle(): void {
    if (this.#player.playing) return this.#stop();
    this.#player.start(this.#value);
    this.#play.textContent = "❚❚ Pause";
  }

  #stop(): void {
    this.#player.stop();
    this.#play.textContent = "▶ Play";
  }
}
