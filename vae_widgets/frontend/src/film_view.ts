/** The pictures of the interpolation slider: start, current frame and end above a filmstrip. */

import { frameOf, layFilmTrack, valueAt, xOf } from "./film_track.ts";
import { drawFramedTile } from "./framed_tile.ts";
import { Picture } from "./picture.ts";
import { element } from "./shell.ts";
import type { Tiles } from "./tiles.ts";

export interface FilmView {
  /** The filmstrip, which is the track of a slider. */
  slider: HTMLCanvasElement;
  /** Show other tiles: `frames` frames, then the two ends with their captions. */
  load(tiles: Tiles, frames: number, captions: string[]): void;
  moveTo(value: number): void;
  /** The frame under a place on the filmstrip. */
  frameAt(x: number): number;
  destroy(): void;
}

// Around the strip's tiles, for the frame of the thumb.
const MARGIN = 4;

export function createFilmView(parent: HTMLElement): FilmView {
  let tiles: Tiles | null = null;
  let frames = 0;
  let value = 0;

  const addPicture = (className: string, tile: () => number) => {
    const figure = element("figure", `vw-film-frame ${className}`);
    const box = element("div", "");
    const caption = element("figcaption", "");
    figure.append(box, caption);
    parent.append(figure);
    const picture = new Picture(box, (context, theme) => {
      const { width, height } = picture;
      if (tiles) drawFramedTile(context, theme, tiles, tile(), 0, width, height, 1);
    });
    picture.canvas.setAttribute("role", "img");
    const describe = (text: string) => {
      caption.textContent = text;
      picture.canvas.setAttribute("aria-label", text);
      picture.redraw();
    };
    return { describe, destroy: () => picture.destroy() };
  };
  const start = addPicture("vw-film-start", () => frames);
  const current = addPicture("vw-film-current", () => frameOf(value, frames));
  const end = addPicture("vw-film-end", () => frames + 1);

  const stripBox = element("div", "vw-film-strip");
  parent.append(stripBox);
  const layTrack = (of: Tiles) => {
    const high = strip.height - 2 * MARGIN;
    return layFilmTrack(strip.width, (high * of.width) / of.height + 2 * MARGIN);
  };
  const strip: Picture = new Picture(stripBox, (context, theme) => {
    if (!tiles) return;
    const sheet = tiles;
    const track = layTrack(sheet);
    const drawCell = (at: number, left: number) => {
      const frame = frameOf(at, frames);
      return drawFramedTile(context, theme, sheet, frame, left, track.cell, strip.height, MARGIN);
    };
    for (let i = 0; i < track.count; i++) drawCell(i / (track.count - 1), i * track.cell);
    // The thumb shows the very frame, framed, on top of the film.
    const thumb = drawCell(value, xOf(track, value) - track.cell / 2);
    context.strokeStyle = theme.accent;
    context.lineWidth = 3;
    context.strokeRect(thumb.x - 1.5, thumb.y - 1.5, thumb.width + 3, thumb.height + 3);
  });

  const slider = strip.canvas;
  slider.tabIndex = 0;
  slider.setAttribute("role", "slider");
  slider.setAttribute("aria-label", "Position between start and end");
  slider.setAttribute("aria-valuemin", "0");
  slider.setAttribute("aria-valuemax", "1");

  return {
    slider,
    load(newTiles, count, captions) {
      tiles?.close();
      tiles = newTiles;
      frames = count;
      parent.style.setProperty("--vw-tile-aspect", `${tiles.width} / ${tiles.height}`);
      start.describe(captions[0]);
      end.describe(captions[1]);
    },
    moveTo(newValue) {
      value = newValue;
      const place = `frame ${frameOf(value, frames) + 1} of ${frames}`;
      slider.setAttribute("aria-valuenow", value.toFixed(3));
      slider.setAttribute("aria-valuetext", `${value.toFixed(2)}, ${place}`);
      current.describe(place);
      strip.redraw();
    },
    frameAt: (x) => (tiles ? frameOf(valueAt(layTrack(tiles), x), frames) : 0),
    destroy() {
      for (const picture of [start, current, end, strip]) picture.destroy();
      tiles?.close();
    },
  };
}
