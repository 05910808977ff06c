/** Files that the slider saves from the page: a picture, the path as a table, and its frames as a GIF. */

import { valueOf } from "../canvas/frames.ts";
import { gifOf } from "../canvas/gif.ts";
import { dataFile, pictureFile, type ExportedFile } from "../controls/export_menu.ts";
import { element } from "../controls/shell.ts";
import type { Column } from "../format/csv.ts";
import { readArray, type WireArray } from "../kernel/arrays.ts";
import type { Film } from "./filmstrip.ts";
import { SECONDS_PER_PASS, type PlaybackSettings } from "./playback.ts";
import type { Content } from "./state.ts";

const NAME = "interpolation";
// As in `InterpolationSlider.save_gif`.
const LARGEST = 256;

/** `shown` returns what the page shows when a file is saved. */
export function sliderFiles(
  root: HTMLElement,
  settings: PlaybackSettings,
  shown: () => { film: Film; content: Content },
): ExportedFile[] {
  return [
    pictureFile(NAME, root),
    dataFile(NAME, "Save the path: value, latent vector, and short samples of each frame", () =>
      pathTable(shown().film, shown().content),
    ),
    {
      label: "Animation (GIF)",
      hint: "Save the frames as they are played: repeat and speed are those chosen here",
      name: `${NAME}.gif`,
      make: () => animation(shown().film, settings),
    },
  ];
}

/** The frames of the chosen method, a row for each. */
function pathTable({ frames, chosen, rows }: Film, { strips, columns }: Content): Column[] {
  const { path, samples } = strips[chosen];
  const numbers = Array.from({ length: frames }, (_, frame) => frame);
  const { logPrior, stepSize } = rows[chosen];
  const ofEach = (wire: WireArray, nameOf: (column: number) => string): Column[] => {
    const values = readArray(wire);
    const width = wire.shape[1];
    return Array.from({ length: width }, (_, k) => [
      nameOf(k),
      Float32Array.from(numbers, (frame) => values[frame * width + k]),
    ]);
  };
  return [
    ["frame", numbers],
    ["value", numbers.map((frame) => valueOf(frame, frames))],
    ...ofEach(path, (k) => `z[${k}]`),
    ["log_prior", logPrior],
    ["change_to_next", numbers.map((frame) => stepSize[frame] ?? NaN)],
    ...(samples ? ofEach(samples, (k) => columns[k] ?? `x[${k}]`) : []),
  ];
}

/** The GIF of `save_gif` for the speed and the repeat that are chosen. */
function animation({ tiles, frames, chosen }: Film, { speed, repeat }: PlaybackSettings): Blob {
  const { width, height } = tiles;
  const canvas = Object.assign(element("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  const pictures = Array.from({ length: frames }, (_, frame) => {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    tiles.draw(context, chosen * frames + frame, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  });
  if (repeat === "bounce") pictures.push(...pictures.slice(1, -1).reverse());
  const hundredths = Math.max(2, Math.round(100 * (SECONDS_PER_PASS / speed / frames)));
  const zoom = Math.max(1, Math.floor(LARGEST / Math.max(width, height)));
  return new Blob([gifOf(pictures, hundredths, zoom)], { type: "image/gif" });
}
