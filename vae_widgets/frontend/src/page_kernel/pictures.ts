/** The pictures of samples, as atlases of tiles: drawn in the page, or by Python beforehand. */

import { Tiles, type RawTiles, type WireAtlas } from "../kernel/atlas.ts";
import type { PageRenderer, RendererSpec } from "../rendering/page_renderer.ts";
import { twinOf } from "../rendering/twins.ts";
import type { Samples } from "./samples.ts";

type Context = CanvasRenderingContext2D;

/** Draws tiles of some size. */
interface TileSource {
  width: number;
  height: number;
  /** Draw the tile of a sample at a place of a canvas. */
  draw(context: Context, row: number, x: number, y: number): void;
}

/** What Python carries of some pictures (widgets/exported_page/contents.py). */
export interface CarriedPictures {
  samples: number | null;
  renderer: RendererSpec | null;
  atlas: WireAtlas | null;
  /** The shape of a sample, where the page has tiles of samples and not these. */
  shape?: number[];
}

export class SamplePictures {
  /** The samples; null if the page has their tiles alone. */
  readonly samples: Samples | null;
  /** Draws any samples; null if only Python can. */
  readonly renderer: PageRenderer | null = null;
  /** Whether samples have pictures; a file may have codes alone. */
  readonly areThere: boolean;
  readonly #source: Promise<TileSource>;

  constructor(given: CarriedPictures | null, all: (Samples | null)[]) {
    const { samples, renderer, atlas, shape }: CarriedPictures = given ?? { samples: null, renderer: null, atlas: null };
    this.samples = samples === null ? null : (all[samples] ?? null);
    const sides = this.samples?.shape ?? shape;
    if (renderer && sides) this.renderer = twinOf(renderer, sides);
    this.areThere = atlas !== null || (this.renderer !== null && this.samples !== null);
    this.#source = this.renderer && this.samples ? Promise.resolve(this.#drawn(this.renderer)) : carried(atlas);
    this.#source.catch(() => {}); // who asks for tiles is told
  }

  /** The tiles of samples; clear ones for -1. */
  async of(rows: ArrayLike<number>): Promise<WireAtlas> {
    const { width, height, draw } = await this.#source;
    return packed(rows.length, width, height, (context, i, x, y) => {
      if (rows[i] >= 0) draw(context, rows[i], x, y);
    });
  }

  /** The tile of a sample as one of the renderer; null if the page does not have it. */
  async tileOf(row: number, { width, height }: PageRenderer): Promise<RawTiles | null> {
    const source = await this.#source.catch(() => null);
    if (!source) return null;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [source.width, source.height];
    source.draw(canvas.getContext("2d")!, row, 0, 0);
    const scaled = document.createElement("canvas");
    [scaled.width, scaled.height] = [width, height];
    const context = scaled.getContext("2d", { willReadFrequently: true })!;
    context.drawImage(canvas, 0, 0, width, height);
    return { rgba: context.getImageData(0, 0, width, height).data as RawTiles["rgba"], count: 1, width, height };
  }

  #drawn(renderer: PageRenderer): TileSource {
    const { width, height } = renderer;
    const draw = (context: Context, row: number, x: number, y: number) => {
      const { rgba } = renderer.draw(this.samples!.of([row]));
      context.putImageData(new ImageData(rgba, width, height), x, y);
    };
    return { width, height, draw };
  }
}

async function carried(atlas: WireAtlas | null): Promise<TileSource> {
  if (!atlas) throw new Error("this page does not have the tiles of these samples.");
  const tiles = await Tiles.load(atlas);
  const { width, height } = tiles;
  return { width, height, draw: (context, row, x, y) => tiles.draw(context, row, x, y, width, height) };
}

/** Drawn tiles in one PNG. */
export function packTiles(parts: RawTiles[]): Promise<WireAtlas> {
  const { width, height } = parts[0];
  const size = 4 * width * height;
  const tiles = parts.flatMap(({ rgba, count }) =>
    Array.from({ length: count }, (_, i) => new ImageData(rgba.slice(i * size, (i + 1) * size), width, height)),
  );
  return packed(tiles.length, width, height, (context, i, x, y) => context.putImageData(tiles[i], x, y));
}

/** Tiles in one PNG, as rendering/atlas.py packs them. */
async function packed(
  count: number,
  width: number,
  height: number,
  draw: (context: Context, index: number, x: number, y: number) => void,
): Promise<WireAtlas> {
  const columns = Math.max(1, Math.min(count, Math.ceil(Math.sqrt((count * height) / width))));
  const sheet = document.createElement("canvas");
  sheet.width = columns * width;
  sheet.height = Math.max(1, Math.ceil(count / columns)) * height;
  const context = sheet.getContext("2d", { willReadFrequently: true })!;
  for (let i = 0; i < count; i++) draw(context, i, (i % columns) * width, Math.floor(i / columns) * height);
  const blob = await new Promise<Blob | null>((resolve) => sheet.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("the browser could not draw the tiles.");
  return { png: new DataView(await blob.arrayBuffer()), count, columns, tile_width: width, tile_height: height };
}
