/** The renderer of a file, or the one that suits the shape of its samples (rendering/renderer.py). */

import type { RendererSpec } from "../rendering/page_renderer.ts";
import { isObject } from "./archive.ts";
import { BadFileError } from "./errors.ts";

const NAMES = ["image", "molecule", "piano_roll", "signal", "table", "text"];
const CHANNELS = [1, 3, 4];
const SHORTEST_SIDE = 8;
const SHORTEST_SIGNAL = 32;
const LONGEST_NAME = 200;

/**
 * `ownRenderer` names one of the author, or of a package, whose code a file does not hold: that of the shape takes its
 * place.
 */
export function rendererOf(given: unknown, shape: number[]): { renderer: RendererSpec; ownRenderer: string } {
  if (given === null || given === undefined) return { renderer: rendererFor(shape), ownRenderer: "" };
  const { own, name, package: from, arguments: values } = isObject(given) ? given : {};
  if (isName(own)) return { renderer: rendererFor(shape), ownRenderer: own };
  const isKnown = from === undefined || from === null ? NAMES.includes(name) : isName(name) && isPackage(from);
  if (!isKnown || !isObject(values)) {
    throw new BadFileError(
      `Part 'manifest.json': 'renderer' must have the name of a renderer (${NAMES.join(", ")}) and its arguments.`,
    );
  }
  if (from) return { renderer: rendererFor(shape), ownRenderer: `${name} of the package ${from}` };
  return { renderer: { name, arguments: values }, ownRenderer: "" };
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= LONGEST_NAME;
}

function isPackage(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9][\w.-]{0,199}$/.test(value);
}

function rendererFor(shape: number[]): RendererSpec {
  const [first, second = 0, third = 0] = shape;
  const isImage =
    (shape.length === 2 || (shape.length === 3 && CHANNELS.includes(third))) &&
    Math.min(first, second) >= SHORTEST_SIDE;
  if (isImage) return { name: "image", arguments: {} };
  const isChannelsFirst =
    shape.length === 3 && CHANNELS.includes(first) && Math.min(second, third) >= SHORTEST_SIDE;
  if (isChannelsFirst) return { name: "image", arguments: { channels_first: true } };
  if (shape.length === 1 && first < SHORTEST_SIGNAL) return { name: "table", arguments: {} };
  return { name: "signal", arguments: { width: 128, height: 64 } };
}
