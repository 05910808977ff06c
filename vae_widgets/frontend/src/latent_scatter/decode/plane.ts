/** The plane of a scatter, decoded in the page or by the kernel: for previews, and for the grid. */

import { readArray } from "../../kernel/arrays.ts";
import { LatestRequest, type Overdue } from "../../kernel/latest_request.ts";
import type { Point } from "../../canvas/geometry.ts";
import type { Answer } from "../../kernel/messages.ts";
import type { DecodedGrid, PageGrid } from "../state/protocol.ts";
import { cellAt, covers, gridFor, gridTexture, sameGrid } from "./grid.ts";
import type { Grid, ScatterPlot } from "../plot/plot.ts";
import type { Model } from "../state/model.ts";
import { Tiles, type TileRef } from "../../kernel/atlas.ts";

export class DecodedPlane {
  readonly #model: Model;
  readonly #plot: ScatterPlot;
  readonly #setStatus: (text: string) => void;
  readonly #request: LatestRequest<"grid">;
  #grid: PageGrid | null = null;
  /** `#grid` as it is drawn; null until it is shown for the first time. */
  #drawn: Grid | null = null;
  /** Whether the page has decoded `#grid`. */
  #isOwn = false;
  #alive = true;

  constructor(model: Model, plot: ScatterPlot, setStatus: (text: string) => void, late: Overdue) {
    this.#model = model;
    this.#plot = plot;
    this.#setStatus = setStatus;
    const answered = ({ own, error }: Answer<"grid">) => {
      if (own) void this.#show(own as PageGrid, true);
      else if (error) setStatus(`The plane cannot be decoded. ${error}`);
    };
    this.#request = new LatestRequest(model, "grid", answered, late);
  }

  /** The decoded picture nearest to a place on the plane. */
  at(place: Point): TileRef | null {
    const cell = this.#grid && this.#isHere() ? cellAt(this.#grid, place) : -1;
    return cell >= 0 ? { tiles: this.#grid!.tiles, index: cell } : null;
  }

  show(): void {
    const grid = this.#model.get("grid") ? this.#grid : null;
    if (grid) this.#drawn ??= { ...grid, texture: gridTexture(grid.tiles, grid) };
    this.#plot.show({ grid: grid && this.#drawn });
  }

  /** Request the visible part of the plane, unless the current grid covers it, or nothing is visible. */
  ask(): void {
    if (!this.#plot.isLaidOut) return;
    const decoded = this.#model.get("_grid");
    const have = this.#grid ?? decoded;
    const want = gridFor(this.#plot.viewport, decoded.tiles.tile_width, decoded.tiles.tile_height);
    const shown = this.#model.get("grid");
    const fits = shown ? sameGrid(have, want) : covers(have.bounds, want.bounds);
    if (!fits || !this.#isHere()) this.#request.send(want);
  }

  /** Show the plane that the kernel has decoded. */
  async take(): Promise<void> {
    const grid = this.#model.get("_grid");
    await this.#show(grid, false, () => this.#model.get("_grid") === grid);
    if (grid.error) this.#setStatus(`The plane cannot be decoded. ${grid.error}`);
  }

  /** Drop the plane, which other weights have decoded, and request it again. */
  renew(): void {
    this.#request.drop();
    if (!this.#isOwn || !this.#grid) return;
    const { bounds, columns, rows } = this.#grid;
    this.#request.send({ bounds, columns, rows });
  }

  async #show(grid: DecodedGrid | PageGrid, isOwn: boolean, isNewest = () => true): Promise<void> {
    const tiles = "error" in grid && grid.error ? null : await Tiles.load(grid.tiles);
    if (!this.#alive || !isNewest()) return tiles?.close();
    this.#grid?.tiles.close();
    // After an error nothing is shown, rather than pictures of another place.
    this.#isOwn = isOwn;
    this.#grid = tiles && { ...grid, tiles };
    this.#drawn = null;
    this.show();
  }

  /** Whether the decoded plane is the one that is shown, which depends on `slice_at`. */
  #isHere(): boolean {
    const decodedAt = (this.#grid ?? this.#model.get("_grid")).slice_at;
    return readArray(this.#model.get("slice_at")).every((value, i) => value === decodedAt[i]);
  }

  close(): void {
    this.#alive = false;
    this.#request.close();
    this.#grid?.tiles.close();
  }
}
