/** Tiles in one PNG (rendering/atlas.py), which is decoded once. */

export interface WireAtlas {
  png: DataView;
  count: number;
  columns: number;
  tile_width: number;
  tile_height: number;
}

// Up to this width a tile is pixel art, enlarged with sharp edges.
const PIXEL_ART = 64;

export class Tiles {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly #columns: number;
  readonly #sheet: ImageBitmap | null;

  private constructor(atlas: WireAtlas, sheet: ImageBitmap | null) {
    this.count = atlas.count ?? 0;
    this.#columns = atlas.columns;
    this.width = atlas.tile_width;
    this.height = atlas.tile_height;
    this.#sheet = sheet;
  }

  static async load(atlas: WireAtlas): Promise<Tiles> {
    if (!atlas.count) return new Tiles(atlas, null);
    const bytes = new Uint8Array(
      atlas.png.buffer as ArrayBuffer,
      atlas.png.byteOffset,
      atlas.png.byteLength,
    );
    return new Tiles(atlas, await createImageBitmap(new Blob([bytes], { type: "image/png" })));
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

  close(): void {
    this.#sheet?.close();
  }
}

/** One tile of an atlas. */
export interface TileRef {
  tiles: Tiles;
  index: number;
}
