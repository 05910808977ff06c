/**
 * A place picked in latent space: first a preview, or the exact picture that the page has decoded, then
 * the exact picture from the kernel.
 */

import { readArray } from "../../kernel/arrays.ts";
import { LatestRequest, type Overdue } from "../../kernel/latest_request.ts";
import type { Point } from "../../canvas/geometry.ts";
import { HoveredPlace } from "./hovered_place.ts";
import { PageDecoder, type DecodedHere } from "./page_decoder.ts";
import { PickedView } from "./picked_view.ts";
import type { ScatterPlot } from "../plot/plot.ts";
import { axisNames, isLine, labelOf, type Model } from "../state/model.ts";
import { Tiles, type TileRef } from "../../kernel/atlas.ts";
import { formatNumber } from "../../format/numbers.ts";

/** Pictures from other parts of the page. */
export interface Pictures {
  /** The sample nearest to a place on the plane, -1 if all are hidden. */
  nearestTo(place: Point): number;
  sample(index: number): TileRef | null;
  preview(place: Point): TileRef | null;
}

interface Pick {
  place: Point;
  /** The picked sample; -1 for an empty place. */
  point: number;
  /** Whether the plane itself moves, so that no preview shows the place. */
  traversal?: boolean;
  /** Whether it is being dragged, so that no answer shows the place. */
  moving?: boolean;
  /** A picture decoded beforehand for the current place of the plane. */
  frame?: () => TileRef | null;
  /** What the page has decoded there. */
  here?: DecodedHere | null;
}

// Within this distance of the picked place, in pixels, the pointer shows the picked place.
const NEAR = 8;

export class PickedPoint {
  readonly view = new PickedView();
  readonly #model: Model;
  readonly #plot: ScatterPlot;
  readonly #pictures: Pictures;
  readonly #decoder: PageDecoder;
  readonly #setStatus: (text: string) => void;
  readonly #request: LatestRequest<"pick">;
  readonly #pointer: HoveredPlace;
  readonly #taken: () => void;
  /** Set while the answer of the kernel is pending. */
  #pending: Pick | null = null;
  #exact: { tiles: Tiles; point: number } | null = null;
  #alive = true;

  constructor(
    model: Model,
    plot: ScatterPlot,
    pictures: Pictures,
    setStatus: (text: string) => void,
    late: Overdue,
    taken: () => void,
  ) {
    this.#model = model;
    this.#plot = plot;
    this.#pictures = pictures;
    this.#decoder = PageDecoder.of(model);
    this.#setStatus = setStatus;
    this.#taken = taken;
    this.#request = new LatestRequest(model, "pick", ({ error }) => void this.take(true, error), late);
    this.#pointer = new HoveredPlace(model, () => this.show());
  }

  /** Show the place of the plane under the pointer; null shows the picked place. */
  hover(place: Point | null): void {
    if (!place && !this.#pointer.place) return;
    // The exact picture of the picked place is here or pending.
    this.#pointer.move(place && this.#isPicked(place) ? null : place);
    this.show();
  }

  /** The page decodes with other weights: decode what is hovered again. */
  renew(): void {
    if (this.#pointer.place) this.#pointer.move(this.#pointer.place);
    this.show();
  }

  pick(place: Point, point: number): void {
    const here = this.#decoder.decode(place, point);
    this.#pending = { place, point, here };
    this.#pointer.move(null);
    this.show(); // first, so that it also works without a kernel
    this.#request.send({ at: [place.x, place.y], point });
  }

  /** Whether an answer is pending. */
  get busy(): boolean {
    return this.#request.busy || this.#pending?.moving === true;
  }

  /** The picked vector is dragged along the attribute, by `value`. */
  moveAlong(value: number, frame: () => TileRef | null): void {
    const pick = this.#pending ?? this.#current();
    if (!pick) return;
    // Nothing was decoded beforehand for a pick that is still pending.
    const known = !this.#pending || this.#pending.traversal;
    const { place, point } = pick;
    const here = known ? this.#decoder.along(value) : null;
    this.#pending = { place, point, traversal: true, moving: true, frame: known ? frame : undefined, here };
    this.show();
  }

  /** The place that is picked, or else the place of `slice_at`. */
  get place(): Point {
    const sliceAt = readArray(this.#model.get("slice_at"));
    const [x, y = 0] = this.#model.get("dims").map((dim) => sliceAt[dim]);
    return (this.#pending ?? this.#current())?.place ?? { x, y };
  }

  /** The plane through the place is dragged: show a picture decoded beforehand. */
  traverse(frame: () => TileRef | null): void {
    const here = this.#decoder.decode(this.place);
    this.#pending = { place: this.place, point: -1, traversal: true, moving: true, frame, here };
    this.show();
  }

  /** The drag rests: decode the vector along the attribute, or the place on the plane. */
  confirm(along?: number): void {
    if (!this.#pending?.moving) return;
    this.#pending.moving = false;
    const { x, y } = this.#pending.place;
    this.#request.send({ point: -1, ...(along === undefined ? { at: [x, y] } : { along }) });
  }

  /**
   * Show what the kernel has picked, unless its answer to this page is pending. `changed`: whether
   * it is new, so that the status line says what it is.
   */
  async take(changed = false, failure = ""): Promise<void> {
    if (this.#request.busy) return;
    this.#taken();
    const picked = this.#model.get("_pick");
    const error = failure || picked.error;
    const tiles = picked.tiles && !error ? await Tiles.load(picked.tiles) : null;
    const stale = this.#model.get("_pick") !== picked || this.busy;
    if (!this.#alive || stale) return tiles?.close();
    this.#exact?.tiles.close();
    this.#exact = tiles && { tiles, point: picked.point ?? -1 };
    this.#pending = null;
    this.show();
    if (error) this.#setStatus(`Picking failed. ${error}`);
    else if (changed) this.#setStatus(this.#news());
  }

  show(): void {
    const pick = this.#pending ?? this.#current();
    const here = this.#pending?.here ?? null;
    const offData = here ? here.offData === true : !this.#pending && this.#model.get("_pick").off_data === true;
    this.#mark(pick, offData);
    // A pick ends the hover: what is hovered now came after it, whether or not the kernel has confirmed it.
    const { place: hovered } = this.#pointer;
    if (hovered) return this.#showHovered(hovered);
    if (!pick) {
      const cannot = Boolean(this.#model.get("_grid").error);
      this.view.show({
        decoded: null,
        decodedCaption: cannot ? "not decoded" : "decoded",
        offData: false,
        sample: null,
        sampleCaption: "sample",
        label: "",
        place: cannot ? "Point at the plane to see the nearest sample." : "Click the plane to decode it.",
      });
      return;
    }
    const { place, point, traversal } = pick;
    const exact = this.#pending && !traversal ? null : this.#exact;
    const sample = point >= 0 ? point : this.#pictures.nearestTo(place);
    const both = point >= 0 && exact && exact.tiles.count > 1;
    const { decoded, caption } = this.#decoded(pick, exact);
    this.view.show({
      decoded,
      decodedCaption: caption,
      offData,
      sample: both ? { ...exact, index: 1 } : this.#pictures.sample(sample),
      ...this.#captions(sample, point >= 0 ? "sample" : "nearest"),
      place: this.#describe(place),
      text: this.#pending ? "" : this.#model.get("_pick").text,
    });
  }

  /** The best picture of a pick, and what it is. */
  #decoded(pick: Pick, exact: { tiles: Tiles } | null): { decoded: TileRef | null; caption: string } {
    const { place, point, traversal, here } = pick;
    const isExact = point >= 0 && !traversal ? "reconstruction" : "decoded";
    if (this.#pending && here) return { decoded: { tiles: here.tiles, index: 0 }, caption: isExact };
    if (this.#pending && !traversal) return { decoded: this.#pictures.preview(place), caption: "preview" };
    const frame = this.#pending?.frame?.() ?? null;
    if (this.#pending && frame) return { decoded: frame, caption: "preview" };
    const decoded = exact && { tiles: exact.tiles, index: 0 };
    if (this.#pending) return { decoded, caption: "waiting" };
    if (!exact) return { decoded, caption: "not decoded" };
    return { decoded, caption: point >= 0 ? "reconstruction" : "decoded" };
  }

  close(): void {
    this.#alive = false;
    this.#pointer.close();
    this.#request.close();
    this.#exact?.tiles.close();
  }

  /** The pick of the kernel. */
  #current(): Pick | null {
    const { at } = this.#model.get("_pick");
    if (!at) return null;
    return { place: { x: at[0], y: at[1] ?? 0 }, point: this.#exact?.point ?? -1 };
  }

  #showHovered(place: Point): void {
    const exact = this.#pointer.decoded;
    const sample = this.#pictures.nearestTo(place);
    this.view.show({
      decoded: exact?.shown ?? this.#pictures.preview(place),
      decodedCaption: exact ? "decoded" : "preview",
      offData: exact?.offData ?? false,
      sample: this.#pictures.sample(sample),
      ...this.#captions(sample, "nearest"),
      place: this.#describe(place),
    });
  }

  #mark(pick: Pick | null, offData: boolean): void {
    if (!pick) return this.#plot.mark({ picked: null });
    const { place, point } = pick;
    const y = isLine(this.#model) && point < 0 ? null : place.y;
    this.#plot.mark({ picked: { x: place.x, y, offData } });
  }

  #isPicked({ x, y }: Point): boolean {
    const { viewport } = this.#plot;
    const pick = this.#pending ?? this.#current();
    if (!pick) return false;
    const [a, b] = [viewport.toScreen(x, y), viewport.toScreen(pick.place.x, pick.place.y)];
    return Math.hypot(a.x - b.x, a.y - b.y) <= NEAR;
  }

  #captions(sample: number, role: string): { sampleCaption: string; label: string } {
    if (sample < 0) return { sampleCaption: "no sample", label: "" };
    return { sampleCaption: `${role} #${sample}`, label: labelOf(this.#model, sample) };
  }

  #describe({ x, y }: Point): string {
    const { x0, x1, y0, y1 } = this.#plot.viewport.bounds;
    const [nameX, nameY] = axisNames(this.#model);
    const first = `${nameX} = ${formatNumber(x, x1 - x0)}`;
    return nameY ? `${first}, ${nameY} = ${formatNumber(y, y1 - y0)}` : first;
  }

  #news(): string {
    if (!this.#current()) return "Nothing is picked. Click the plane to decode it.";
    if (!this.#exact || this.#exact.point < 0) {
      const far = this.#model.get("_pick").off_data ? ", far from all data" : "";
      const by = this.#model.get("_pick").in_page ? "" : " by the kernel";
      return `Decoded${by}${far}, beside the nearest sample.`;
    }
    return `Sample #${this.#exact.point} beside its reconstruction.`;
  }
}
