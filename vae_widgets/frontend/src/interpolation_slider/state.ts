/** The traits of InterpolationSlider (widgets/interpolation_slider/widget.py) in the page. */

import { categoryColour } from "../canvas/palette.ts";
import type { PathDraft } from "../codec/path_draft.ts";
import { readArray, type WireArray } from "../kernel/arrays.ts";
import type { Atlas, Tiles } from "../kernel/atlas.ts";
import { paintOf, type Paint, type RendererSpec } from "../rendering/page_renderer.ts";
import { twinOf } from "../rendering/twins.ts";
import { METHOD_NAMES } from "./controls.ts";
import type { Ends } from "./end_field.ts";
import type { Film } from "./filmstrip.ts";
import { reversedTiles, withPaint } from "./film_tiles.ts";

export interface Content {
  /** The frames of each strip, then the two ends. */
  atlas: Atlas;
  strips: {
    method: string;
    path: WireArray;
    log_prior: WireArray;
    step_size: WireArray;
    /** Decoded samples, a row for each, where these are short. */
    samples: WireArray | null;
  }[];
  /** What draws samples sharp at any size, their shape, and those of the two ends; null where that is not known. */
  drawing: { renderer: RendererSpec; shape: number[]; ends: WireArray } | null;
  /** Whether samples hold numbers of tokens. */
  tokens: boolean;
  /** Names of the values of a sample; empty for none. */
  columns: string[];
  /** All methods that can be chosen. */
  methods: string[];
  /** Frames that are way-points, both ends included. */
  stops: number[];
  usual_log_prior: [number, number];
  kinds: ("latent" | "sample")[];
  /** What the pixel values of a tile mean. */
  note: string;
  revision: number;
  /** Whether the page has made it itself (content_here.ts). */
  in_page?: boolean;
  /** Whether the frames and the ends have changed places since the atlas was made. */
  reversed?: boolean;
}

export interface State {
  value: number;
  method: string;
  compare: boolean;
  _content: Content;
  _ends: Ends;
  /** Whether frames have sound. */
  _has_sound: boolean;
  /** The path while it is changed in the page; no trait of Python. */
  _draft?: PathDraft | null;
  /** The renderer's HTML about the sample at `value`. */
  _detail: string;
}

/** The film of some content, in its decoded tiles. */
export function readFilm(content: Content, tiles: Tiles): Film {
  const frames = content.strips[0].path.shape[0];
  const inOrder = content.reversed ? reversedTiles(tiles, content.strips.length, frames) : tiles;
  return {
    tiles: withPaint(inOrder, paintOfFilm(content)),
    frames,
    tokens: content.tokens,
    rows: content.strips.map((strip) => ({
      name: METHOD_NAMES[strip.method],
      colour: categoryColour(content.methods.indexOf(strip.method)),
      logPrior: readArray<Float64Array>(strip.log_prior),
      stepSize: readArray<Float64Array>(strip.step_size),
    })),
    chosen: 0,
    stops: content.stops,
  };
}

/** Paints the frames of each strip, and then the two ends. */
function paintOfFilm({ drawing, strips }: Content): Paint | undefined {
  if (!drawing) return undefined;
  const samples = [...strips.map((strip) => strip.samples!), drawing.ends].flatMap(rowsOf);
  return paintOf(twinOf(drawing.renderer, drawing.shape), (index) => samples[index]);
}

function rowsOf(wire: WireArray): Float32Array[] {
  const values = readArray(wire);
  const [count, size] = wire.shape;
  return Array.from({ length: count }, (_, i) => values.subarray(i * size, (i + 1) * size));
}
