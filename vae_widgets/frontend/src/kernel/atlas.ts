/** Tiles in one PNG (rendering/atlas.py), which is decoded once. */

export interface WireAtlas {
  png: DataView;
  count: number;
  columns: number;
  tile_width: number;
  tile_height: number;
}

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

  /** Draw tile `index` with sharp pixels in the box, keeping its proportions. */
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
    context.imageSmoothingEnabled = scale < 1;
    context.drawImage(
      this.#sheet,
      (index % this.#columns) * this.width,
      Math.floor(index / this.#columns) * this.height,
      this.width,
      this.height,
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
