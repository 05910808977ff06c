/** The filmstrip, which is the track of the slider: a row of tiles for each method. */

import { layTrack, valueAt, xOf, type Track } from "./track.ts";
import { frameOf } from "../canvas/frames.ts";
import { drawFramedTile } from "./framed_tile.ts";
import { CanvasView } from "../canvas/canvas_view.ts";
import { element } from "../controls/shell.ts";
import type { Theme } from "../canvas/theme.ts";
import type { FilmTiles } from "./film_tiles.ts";

/** The frames of one method. */
export interface FilmRow {
  name: string;
  colour: string;
  /** Log prior density of each frame, in nats. */
  logPrior: Float64Array;
  /** Change to the next frame: RMS in data units, or the share of tokens; one less than frames. */
  stepSize: Float64Array;
}

export interface Film {
  /** The frames of each row, then the two ends. */
  tiles: FilmTiles;
  /** Number of frames in a row. */
  frames: number;
  /** Whether samples hold numbers of tokens. */
  tokens: boolean;
  rows: FilmRow[];
  /** The row whose method was chosen. */
  chosen: number;
  /** Frames that are way-points, both ends included. */
  stops: number[];
}

// Space around the tiles for the frame of the thumb and the marks of way-points.
const MARGIN = 5;
const ROW = 64;
/** The part of a tile beside the thumb that would look like a bar, and is not drawn. */
const SLIVER = 0.4;
// Height of the name above each row, if there are several rows.
const NAME = 16;

export class Filmstrip {
  readonly canvas: HTMLCanvasElement;
  readonly #box = element("div", "vw-film-strip");
  readonly #picture: CanvasView;
  #film: Film | null = null;
  #value = 0;

  constructor(parent: HTMLElement) {
    parent.append(this.#box);
    this.#picture = new CanvasView(this.#box, (context, theme) => this.#draw(context, theme));
    this.canvas = this.#picture.canvas;
  }

  show(film: Film): void {
    this.#film = film;
    const { length } = film.rows;
    this.#box.style.height = `${length * (ROW + (length > 1 ? NAME : 0))}px`;
    this.#picture.redraw();
  }

  moveTo(value: number): void {
    this.#value = value;
    this.#picture.redraw();
  }

  /** Middle of the thumb at a position in [0, 1]. */
  xOf(value: number): number {
    return this.#film ? xOf(this.#track(this.#film), value) : 0;
  }

  /** The frame under x. */
  frameAt(x: number): number {
    return this.#film ? frameOf(valueAt(this.#track(this.#film), x), this.#film.frames) : 0;
  }

  close(): void {
    this.#picture.close();
  }

  #track({ tiles }: Film): Track {
    const width = ((ROW - 2 * MARGIN) * tiles.width) / tiles.height + 2 * MARGIN;
    return layTrack(this.#picture.width, width);
  }

  #draw(context: CanvasRenderingContext2D, theme: Theme): void {
    if (!this.#film) return;
    const film = this.#film;
    const track = this.#track(film);
    context.save();
    film.rows.forEach((_, row) => {
      if (film.rows.length > 1) {
        drawName(context, theme, film, row, track.cell / 2);
        context.translate(0, NAME);
      }
      this.#drawRow(context, theme, film, track, row);
      context.translate(0, ROW);
    });
    context.restore();
  }

  #drawRow(
    context: CanvasRenderingContext2D,
    theme: Theme,
    { tiles, frames, stops, chosen }: Film,
    track: Track,
    row: number,
  ): void {
    const drawCell = (value: number, left: number) => {
      const tile = row * frames + frameOf(value, frames);
      return drawFramedTile(context, theme, tiles, tile, left, track.cell, ROW, MARGIN);
    };
    // The thumb is the current frame, drawn with a frame on top of the film and apart from it.
    const left = xOf(track, this.#value) - track.cell / 2;
    for (let i = 0; i < track.count; i++) {
      const seen = Math.abs(i * track.cell - left) / track.cell;
      if (seen > SLIVER) drawCell(i / (track.count - 1), i * track.cell);
    }
    context.fillStyle = theme.paper;
    context.fillRect(left, MARGIN, track.cell, ROW - MARGIN);
    const thumb = drawCell(this.#value, left);
    context.strokeStyle = row === chosen ? theme.accent : theme.faint;
    context.lineWidth = 3;
    context.strokeRect(thumb.x - 1.5, thumb.y - 1.5, thumb.width + 3, thumb.height + 3);
    context.fillStyle = theme.ink;
    for (const stop of stops.slice(1, -1)) {
      const x = xOf(track, stop / (frames - 1));
      context.beginPath();
      context.moveTo(x - 4, 0);
      context.lineTo(x + 4, 0);
      context.lineTo(x, MARGIN);
      context.fill();
    }
  }
}

function drawName(
  context: CanvasRenderingContext2D,
  theme: Theme,
  { rows, chosen }: Film,
  row: number,
  x: number,
): void {
  const { name, colour } = rows[row];
  context.fillStyle = colour;
  context.fillRect(x, 4, 8, 8);
  context.font = `${row === chosen ? "600 " : ""}11px ${theme.font}`;
  context.fillStyle = row === chosen ? theme.ink : theme.faint;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(name, x + 12, 8.5);
}
