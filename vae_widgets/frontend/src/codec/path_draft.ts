/** The path of a slider while it is changed in the page, until the kernel has decoded it. */

import type { AnyModel } from "@anywidget/types";
import { frameOf } from "../canvas/frames.ts";
import { readArray, type WireArray } from "../kernel/arrays.ts";
import { Tiles } from "../kernel/atlas.ts";
import { listen } from "../kernel/listen.ts";
import type { Paint } from "../rendering/page_renderer.ts";
import { nextTask, WidgetCodec, type PageCodec } from "./page_codec.ts";
import { stepSizes } from "./path_profile.ts";
import { latentPath, LEGS, type Vector } from "./paths.ts";

/** What the page has decoded of a changed path. Its slider has it as `_draft`, which no kernel gets. */
export interface PathDraft {
  /** The latent vectors of the frames, (frames, latent_dim). */
  path: Float32Array;
  /** The way-points that were moved, by their numbers. */
  moved: Set<number>;
  /** A tile for each frame. */
  tiles: Tiles;
  /** Paints the frames that are decoded. */
  paint: Paint | undefined;
  /** For each frame, the nearest one that is decoded. */
  nearest: Int32Array;
  /** Change to the next frame, as `stepSizes` gives it; null until all are decoded. */
  stepSize: Float64Array | null;
}

/** The traits of the slider that a draft needs. */
interface SliderState {
  value: number;
  method: string;
  compare: boolean;
  _content: { strips: { method: string; path: WireArray }[]; stops: number[]; tokens: boolean };
  _draft: PathDraft | null;
}

/** Makes the drafts of one slider. */
export class PathDrafts {
  readonly #slider: AnyModel<SliderState>;
  readonly #codec: WidgetCodec;
  /** The way-points, while they differ from those of the kernel. */
  #points: Vector[] | null = null;
  #moved = new Set<number>();
  #number = 0;
  /** What the kernel had decoded when a way-point was moved last. */
  #content: object | null = null;
  readonly #stop: () => void;

  constructor(slider: AnyModel<any>) {
    this.#slider = slider;
    this.#codec = new WidgetCodec(slider);
    const drop = () => this.drop();
    // The slider itself shows new frames of the kernel as soon as they are loaded.
    this.#stop = listen(slider, { _content: () => this.#forget(), method: drop, compare: drop });
  }

  /** Ask for the model, if it is not here: a way-point is about to be moved. */
  prepare(): void {
    this.#codec.get();
  }

  /**
   * Move a way-point to a latent vector, and show the frames in the slider: first the one that it
   * shows, then a few of the whole path, then the rest. Returns the latent vectors of the path, or null
   * if the kernel alone can find them.
   */
  move(which: number, z: Vector): Float32Array | null {
    const slider = this.#slider;
    const content = (this.#content = slider.get("_content"));
    const { strips, stops } = content;
    const method = slider.get("method");
    const strip = strips.find((each) => each.method === method);
    const codec = this.#codec.get();
    if (!codec || !strip || !Object.hasOwn(LEGS, method) || slider.get("compare")) return null;
    const [frames, k] = strip.path.shape;
    if (codec.latentDim !== k || z.length !== k) return null;
    const before = readArray(strip.path);
    const points = this.#points ?? stops.map((stop) => before.slice(stop * k, (stop + 1) * k));
    this.#points = points.with(which, z);
    this.#moved.add(which);
    const path = latentPath(this.#points, stops, frames, LEGS[method]);
    void this.#decode(codec, path, frames);
    return path;
  }

  /** The kernel has the way-points. If they were the same, it sends no frames. */
  confirmed(): void {
    if (this.#slider.get("_content") === this.#content) this.drop();
  }

  /** Show the path of the kernel again. */
  drop(): void {
    this.#forget();
    if (this.#slider.get("_draft")) this.#slider.set("_draft", null);
  }

  close(): void {
    this.drop();
    this.#stop();
    this.#codec.close();
  }

  #forget(): void {
    this.#number++;
    this.#points = null;
    this.#moved = new Set();
  }

  async #decode(codec: PageCodec, path: Float32Array, frames: number): Promise<void> {
    const number = ++this.#number;
    const k = path.length / frames;
    const { width, height } = codec.size;
    const tiles = Tiles.blank(frames, width, height);
    const moved = new Set(this.#moved);
    const samples: Float32Array[] = [];
    const paint = codec.paintOf((frame) => samples[frame]);
    const order = framesInOrder(frames, frameOf(this.#slider.get("value"), frames));
    for (let done = 0, rows = 1; done < frames; done += rows, rows = codec.rowsOfSlice) {
      if (done > 0) await nextTask();
      if (number !== this.#number) return; // it was moved on
      const slice = order.slice(done, done + rows);
      const z = new Float32Array(slice.length * k);
      slice.forEach((frame, i) => z.set(path.subarray(frame * k, (frame + 1) * k), i * k));
      const decoded = codec.decode(z);
      const { rgba } = codec.draw(decoded);
      const [size, pixels] = [decoded.length, rgba.length].map((length) => length / slice.length);
      slice.forEach((frame, i) => {
        samples[frame] = decoded.subarray(i * size, (i + 1) * size);
        tiles.put(frame, rgba.subarray(i * pixels, (i + 1) * pixels));
      });
      const nearest = nearestOf(frames, (frame) => samples[frame] !== undefined);
      const stepSize = done + rows >= frames ? stepSizes(samples, this.#slider.get("_content").tokens) : null;
      this.#slider.set("_draft", { path, moved, tiles, paint, nearest, stepSize });
    }
  }
}

/** All frames: the one that is shown, both ends, and then ever finer steps. */
export function framesInOrder(frames: number, shown: number): number[] {
  const order = new Set([shown, 0, frames - 1]);
  for (let step = 16; step >= 1; step /= 2) {
    for (let frame = 0; frame < frames; frame += step) order.add(frame);
  }
  return [...order];
}

/** For each frame the nearest one that is decoded. */
export function nearestOf(frames: number, isDecoded: (frame: number) => boolean): Int32Array {
  const decoded = Array.from({ length: frames }, (_, frame) => frame).filter(isDecoded);
  return Int32Array.from({ length: frames }, (_, frame) =>
    decoded.reduce((best, at) => (Math.abs(at - frame) < Math.abs(best - frame) ? at : best)),
  );
}
