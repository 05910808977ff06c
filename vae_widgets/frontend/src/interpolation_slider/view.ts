/** The pictures of the interpolation slider: start, current frame and end above a filmstrip and
 * the curves along it. */

import { frameOf } from "../canvas/frames.ts";
import { drawFramedTile } from "./framed_tile.ts";
import { FilmProfile } from "./curves.ts";
import { FilmStrip, type Film } from "./filmstrip.ts";
import { Picture } from "../canvas/canvas_view.ts";
import { element } from "../controls/shell.ts";

export class FilmView {
  /** The filmstrip, which is the track of a slider. */
  readonly slider: HTMLCanvasElement;
  /** What a position can be dragged on. */
  readonly tracks: HTMLCanvasElement[];
  #film: Film | null = null;
  #value = 0;
  readonly #parent: HTMLElement;
  readonly #start: Still;
  readonly #current: Still;
  readonly #end: Still;
  readonly #strip: FilmStrip;
  readonly #profile: FilmProfile;

  constructor(parent: HTMLElement) {
    this.#parent = parent;
    const last = ({ rows, frames }: Film) => rows.length * frames;
    this.#start = new Still(parent, "vw-film-start", last);
    this.#current = new Still(
      parent,
      "vw-film-current",
      ({ chosen, frames }) => chosen * frames + frameOf(this.#value, frames),
    );
    this.#end = new Still(parent, "vw-film-end", (film) => last(film) + 1);
    this.#strip = new FilmStrip(parent);
    this.#profile = new FilmProfile(parent, this.#strip);
    this.tracks = [this.#strip.canvas, this.#profile.canvas];
    this.slider = this.#strip.canvas;
    this.slider.tabIndex = 0;
    this.slider.setAttribute("role", "slider");
    this.slider.setAttribute("aria-label", "Position between start and end");
    this.slider.setAttribute("aria-valuemin", "0");
    this.slider.setAttribute("aria-valuemax", "1");
  }

  /** Show a film, or another row of it; `captions` are those of its ends. */
  show(film: Film, captions: string[], usualLogPrior: [number, number]): void {
    if (this.#film?.tiles !== film.tiles) this.#film?.tiles.close();
    this.#film = film;
    const { width, height } = film.tiles;
    this.#parent.style.setProperty("--vw-tile-aspect", `${width} / ${height}`);
    this.#start.show(film, captions[0]);
    this.#end.show(film, captions[1]);
    this.#strip.show(film);
    this.#profile.show(film, usualLogPrior);
  }

  moveTo(value: number): void {
    if (!this.#film) return;
    this.#value = value;
    const { frames, stops } = this.#film;
    const frame = frameOf(value, frames);
    const stop = stops.slice(1, -1).indexOf(frame);
    const place = `frame ${frame + 1} of ${frames}${stop < 0 ? "" : ` · way-point ${stop + 1}`}`;
    this.slider.setAttribute("aria-valuenow", value.toFixed(3));
    this.slider.setAttribute("aria-valuetext", `${value.toFixed(2)}, ${place}`);
    this.#current.show(this.#film, place);
    this.#strip.moveTo(value);
    this.#profile.moveTo(value);
  }

  /** The frame under a place on a track. */
  frameAt(x: number): number {
    return this.#strip.frameAt(x);
  }

  destroy(): void {
    for (const part of [this.#start, this.#current, this.#end, this.#strip, this.#profile]) {
      part.destroy();
    }
    this.#film?.tiles.close();
  }
}

/** A picture with a caption. */
class Still {
  readonly #picture: Picture;
  readonly #caption = element("figcaption", "");
  #film: Film | null = null;

  constructor(parent: HTMLElement, className: string, tile: (film: Film) => number) {
    const figure = element("figure", `vw-film-frame ${className}`);
    const box = element("div", "");
    figure.append(box, this.#caption);
    parent.append(figure);
    this.#picture = new Picture(box, (context, theme) => {
      const film = this.#film;
      const { width, height } = this.#picture;
      if (film) drawFramedTile(context, theme, film.tiles, tile(film), 0, width, height, 1);
    });
    this.#picture.canvas.setAttribute("role", "img");
  }

  show(film: Film, caption: string): void {
    this.#film = film;
    this.#caption.textContent = caption;
    this.#picture.canvas.setAttribute("aria-label", caption);
    this.#picture.redraw();
  }

  destroy(): void {
    this.#picture.destroy();
  }
}
