/** Tiles in one picture: a PNG of the kernel (rendering/atlas.py), or pixels drawn in the page. */

import { readTexts } from "./arrays.ts";

export interface WireAtlas {
  png: DataView;
  count: number;
  columns: number;
  tile_width: number;
  tile_height: number;
  /** SVG texts as JSON, and which of them each tile has. */
  drawings?: { svg: DataView; of: number[] };
}

/** Tiles as they come: from the kernel, or made in the page. */
export type Atlas = WireAtlas | Tiles;

/** The pixels of tiles: RGBA (count, height, width, 4). */
export interface RawTiles {
  rgba: Uint8ClampedArray<ArrayBuffer>;
  count: number;
  width: number;
  height: number;
}

// Up to this width a tile is pixel art, enlarged with sharp edges.
const PIXEL_ART = 64;

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export class Tiles {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly #columns: number;
  readonly #sheet: ImageBitmap | HTMLCanvasElement | null;
  /** Draws a tile sharp at any size; false for one without a drawing. Absent where none has one. */
  readonly paint?: (context: CanvasRenderingContext2D, index: number, box: Box) => boolean;

  private constructor(
    atlas: Omit<WireAtlas, "png">,
    sheet: ImageBitmap | HTMLCanvasElement | null,
    drawings?: (HTMLImageElement | null)[],
  ) {
    this.count = atlas.count ?? 0;
    this.#columns = atlas.columns;
    this.width = atlas.tile_width;
    this.height = atlas.tile_height;
    this.#sheet = sheet;
    if (!drawings) return;
    this.paint = (context, index, { x, y, width, height }) => {
      const drawing = drawings[index];
      if (drawing) context.drawImage(drawing, x, y, width, height);
      return Boolean(drawing);
    };
  }

  /** The tiles of an atlas; those made in the page are ready. Who loads tiles closes them. */
  static async load(atlas: Atlas): Promise<Tiles> {
    if (atlas instanceof Tiles) return atlas;
    if (!atlas.count) return new Tiles(atlas, null);
    const bytes = new Uint8Array(
      atlas.png.buffer as ArrayBuffer,
      atlas.png.byteOffset,
      atlas.png.byteLength,
    );
    const sheet = createImageBitmap(new Blob([bytes], { type: "image/png" }));
    return new Tiles(atlas, await sheet, atlas.drawings && (await loadDrawings(atlas.drawings)));
  }

  /** Tiles without pixels, which `put` fills. */
  static blank(count: number, width: number, height: number): Tiles {
    const columns = Math.max(1, Math.min(count, Math.ceil(Math.sqrt((count * height) / width))));
    const sheet = document.createElement("canvas");
    sheet.width = columns * width;
    sheet.height = Math.ceil(count / columns) * height;
    return new Tiles({ count, columns, tile_width: width, tile_height: height }, sheet);
  }

  static of({ rgba, count, width, height }: RawTiles): Tiles {
    const tiles = Tiles.blank(count, width, height);
    tiles.put(0, rgba);
    return tiles;
  }

  /** Draw a tile of others in the place of a `blank` one. */
  copy(index: number, from: Pick<Tiles, "draw">, which: number): void {
    const { width, height } = this;
    const context = (this.#sheet as HTMLCanvasElement).getContext("2d")!;
    from.draw(context, which, (index % this.#columns) * width, Math.floor(index / this.#columns) * height, width, height);
  }

  /** Set the pixels of one or more `blank` tiles from `first` on. */
  put(first: number, rgba: Uint8ClampedArray<ArrayBuffer>): void {
    const { width, height } = this;
    const size = 4 * width * height;
    const context = (this.#sheet as HTMLCanvasElement).getContext("2d")!;
    for (let i = 0; i * size < rgba.length; i++) {
      const x = ((first + i) % this.#columns) * width;
      const y = Math.floor((first + i) / this.#columns) * height;
      context.putImageData(new ImageData(rgba.subarray(i * size, (i + 1) * size), width, height), x, y);
    }
  }

  /** Whether tiles are enlarged with sharp edges. */
  get pixelArt(): boolean {
    return this.width <= PIXEL_ART;
  }

  /** The CSS property `image-rendering` of a canvas with a tile. */
  get imageRendering(): string {
    return this.pixelArt ? "pixelated" : "auto";
  }

  /** Draw tile `index` in the box, keeping its proportions. */
  draw(
    context: CanvasRenderingContext2D,
    index: number,
    x: number,
    y: number,
    width: number,
    height: number,
  ): void {
    if (!this.#sheet || index < 0 || index >= this.count) return;
    const scale = Math.min(width / this.width, height / this.height);
    const w = this.width * scale;
    const h = this.height * scale;
    context.imageSmoothingEnabled = scale < 1 || !this.pixelArt;
    // Where pixels are mixed, those of the tile beside it must not be among them.
    const inset = this.pixelArt || scale === 1 ? 0 : 0.5;
    context.drawImage(
      this.#sheet,
      (index % this.#columns) * this.width + inset,
      Math.floor(index / this.#columns) * this.height + inset,
      this.width - 2 * inset,
      this.height - 2 * inset,
      x + (width - w) / 2,
      y + (height - h) / 2,
      w,
      h,
    );
  }

  /** The pixels of a tile. */
  pixels(index: number): RawTiles["rgba"] {
    const { width, height } = this;
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d", { willReadFrequently: true })!;
    this.draw(context, index, 0, 0, width, height);
    return context.getImageData(0, 0, width, height).data as RawTiles["rgba"];
  }

  close(): void {
    if (this.#sheet && "close" in this.#sheet) this.#sheet.close();
  }
}

/** The drawing of each tile; null where it has none. As a picture, an SVG loads nothing and runs no script. */
async function loadDrawings({ svg, of }: NonNullable<WireAtlas["drawings"]>): Promise<(HTMLImageElement | null)[]> {
  const load = (text: string) =>
    new Promise<HTMLImageElement | null>((resolve) => {
      const picture = new Image();
      picture.onload = () => resolve(picture);
      picture.onerror = () => resolve(null);
      picture.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
    });
  const pictures = await Promise.all(readTexts(svg)!.map(load));
  return of.map((which) => pictures[which]);
}

/** One tile of an atlas. */
export interface TileRef {
  tiles: Tiles;
  index: number;
}
