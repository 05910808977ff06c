/** The pictures of the interpolation slider: start, current frame and end, the filmstrip below them,
 * and the curves below the filmstrip. */

import { frameOf } from "../canvas/frames.ts";
import { drawFramedTile } from "./framed_tile.ts";
import { PathCurves } from "./curves.ts";
import { EndField, type End, type Ends } from "./end_field.ts";
import { Filmstrip, type Film } from "./filmstrip.ts";
import { CanvasView } from "../canvas/canvas_view.ts";
import { setMainPart } from "../controls/keys.ts";
import { element } from "../controls/shell.ts";
import type { FilmTiles } from "./film_tiles.ts";

export class SliderView {
  /** The filmstrip, which is the track of a slider. */
  readonly slider: HTMLCanvasElement;
  /** The canvases on which the position can be dragged. */
  readonly tracks: HTMLCanvasElement[];
  #film: Film | null = null;
  /** The film that is closed when another takes its place. */
  #own: Film | null = null;
  #value = 0;
  readonly #parent: HTMLElement;
  readonly #start: Still;
  readonly #current: Still;
  readonly #end: Still;
  readonly #fields: EndField[];
  readonly #strip: Filmstrip;
  readonly #curves: PathCurves;

  /** `choose` gets the number of a sample as an end, or null for the picked point. */
  constructor(parent: HTMLElement, choose: (end: End, sample: number | null) => void) {
    this.#parent = parent;
    this.#fields = [new EndField("start", choose), new EndField("end", choose)];
    const last = ({ rows, frames }: Film) => rows.length * frames;
    this.#start = new Still(parent, "vw-film-start", last);
    this.#current = new Still(
      parent,
      "vw-film-current",
      ({ chosen, frames }) => chosen * frames + frameOf(this.#value, frames),
    );
    this.#end = new Still(parent, "vw-film-end", (film) => last(film) + 1);
    this.#strip = new Filmstrip(parent);
    this.#curves = new PathCurves(parent, this.#strip);
    this.tracks = [this.#strip.canvas, this.#curves.canvas];
    this.#start.append(this.#fields[0].root);
    this.#end.append(this.#fields[1].root);
    this.slider = this.#strip.canvas;
    setMainPart(this.slider);
    this.slider.role = "slider";
    this.slider.ariaLabel = "Position between start and end";
    this.slider.ariaValueMin = "0";
    this.slider.ariaValueMax = "1";
  }

  /** Show a film, or another row of it, with captions of its two ends. */
  show(film: Film, captions: string[], usualLogPrior: [number, number]): void {
    if (this.#own?.tiles !== film.tiles) this.#own?.tiles.close();
    this.#own = film;
    this.showDraft(film, captions, usualLogPrior);
  }

  /** Show a film for now: the one that was shown stays open. */
  showDraft(film: Film, captions: string[], usualLogPrior: [number, number]): void {
    this.#film = film;
    const { width, height } = film.tiles;
    this.#parent.style.setProperty("--vw-tile-aspect", `${width} / ${height}`);
    this.#start.show(film, captions[0]);
    this.#end.show(film, captions[1]);
    this.#strip.show(film);
    this.#curves.show(film, usualLogPrior);
  }

  showEnds(ends: Ends): void {
    for (const field of this.#fields) field.show(ends);
  }

  /** Show a value; `between` has its picture if it is between two frames and was decoded, else the nearest frame is shown. */
  moveTo(value: number, between: FilmTiles | null = null): void {
    if (!this.#film) return;
    this.#value = value;
    const place = between ? placeBetween(value, this.#film) : placeOnFrame(value, this.#film);
    this.slider.ariaValueNow = value.toFixed(3);
    this.slider.ariaValueText = `${value.toFixed(2)}, ${place}`;
    this.#current.show(this.#film, place, between);
    this.#strip.moveTo(value);
    this.#curves.moveTo(value);
  }

  /** The frame under a place on a track. */
  frameAt(x: number): number {
    return this.#strip.frameAt(x);
  }

  close(): void {
    for (const part of [this.#start, this.#current, this.#end, this.#strip, this.#curves]) {
      part.close();
    }
    this.#own?.tiles.close();
  }
}

function placeOnFrame(value: number, { frames, stops }: Film): string {
  const frame = frameOf(value, frames);
  const stop = stops.slice(1, -1).indexOf(frame);
  return `frame ${frame + 1} of ${frames}${stop < 0 ? "" : ` · way-point ${stop + 1}`}`;
}

function placeBetween(value: number, { frames }: Film): string {
  return `frame ${(value * (frames - 1) + 1).toFixed(1)} of ${frames}`;
}

/** A picture with a caption. */
class Still {
  readonly #picture: CanvasView;
  readonly #figure: HTMLElement;
  readonly #caption = element("figcaption");
  #film: Film | null = null;
  /** Shown in place of a tile of the film. */
  #instead: FilmTiles | null = null;

  constructor(parent: HTMLElement, className: string, tile: (film: Film) => number) {
    const figure = (this.#figure = element("figure", `vw-film-frame ${className}`));
    const box = element("div");
    figure.append(box, this.#caption);
    parent.append(figure);
    this.#picture = new CanvasView(box, (context, theme) => {
      const film = this.#film;
      const { width, height } = this.#picture;
      if (this.#instead) drawFramedTile(context, theme, this.#instead, 0, 0, width, height, 1);
      else if (film) drawFramedTile(context, theme, film.tiles, tile(film), 0, width, height, 1);
    });
    this.#picture.canvas.role = "img";
  }

  append(below: HTMLElement): void {
    this.#figure.append(below);
  }

  show(film: Film, caption: string, instead: FilmTiles | null = null): void {
    this.#film = film;
    this.#instead = instead;
    this.#caption.textContent = caption;
    this.#picture.canvas.ariaLabel = caption;
    this.#picture.redraw();
  }

  close(): void {
    this.#picture.close();
  }
}
