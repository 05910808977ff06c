/**
 * Renderers in the page: the twins of those of vae_widgets/rendering, which draw the same pixels. A
 * renderer without a twin draws in the kernel.
 */

import { imageRenderer } from "./image.ts";
import type { PageRenderer, RendererSpec } from "./page_renderer.ts";
import { pianoRollRenderer } from "./piano_roll.ts";
import { signalRenderer } from "./signal.ts";

/** The most pixels of one tile: more is no tile. */
const MOST_PIXELS = 2048 * 2048;
const TWINS = { image: imageRenderer, piano_roll: pianoRollRenderer, signal: signalRenderer };

/** The twin of a renderer for samples of a shape; null if it has none. */
export function twinOf(spec: RendererSpec, sampleShape: number[]): PageRenderer | null {
  if (!Object.hasOwn(TWINS, spec.name)) return null;
  const twin = TWINS[spec.name as keyof typeof TWINS](spec.arguments, sampleShape);
  const sides = twin ? [twin.width, twin.height] : [];
  const isTile = sides.length && sides.every((side) => Number.isInteger(side) && side > 0);
  return isTile && sides[0] * sides[1] <= MOST_PIXELS ? twin : null;
}
