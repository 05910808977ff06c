/**
 * Traits that the page has set, told to the kernel (widgets/base/widget.py).
 *
 * They travel as messages of their own and not by `save_changes`: that waits for the kernel's word
 * that it has dealt with the change before, which never comes while a cell awaits; of all changes
 * only the first would arrive.
 */

import type { AnyModel } from "@anywidget/types";
import { Channel, type Post } from "./channel.ts";

type Fields = Record<string, any>;
type Name<T> = string & keyof T;

const PAUSE = 100;
const waiting = new WeakMap<object, { names: Set<string>; timer: ReturnType<typeof setTimeout> }>();

/** Send a message. If no kernel can be reached, the message waits in the page until one can. */
export function send(
  model: AnyModel<any>,
  content: Record<string, unknown>,
  buffers: ArrayBuffer[] = [],
): Post {
  return Channel.of(model).post(() => ({ content, buffers }));
}

const listeners = new WeakMap<object, Set<(names: string[]) => void>>();

/** Call `told` with the names of the traits that the page has set. Returns what stops it. */
export function onPushed(model: AnyModel<any>, told: (names: string[]) => void): () => void {
  const set = listeners.get(model) ?? new Set();
  listeners.set(model, set.add(told));
  return () => set.delete(told);
}

/** Tell the kernel the values of these traits, and of those that wait. */
export function pushState<T extends Fields>(model: AnyModel<T>, ...names: Name<T>[]): void {
  const late = waiting.get(model);
  clearTimeout(late?.timer);
  waiting.delete(model);
  const all = [...new Set([...(late?.names ?? []), ...names])];
  Channel.of(model).postState(all, (names) => {
    const state: Fields = {};
    const paths: (string | number)[][] = [];
    const buffers: ArrayBuffer[] = [];
    for (const name of names) state[name] = withoutBytes(model.get(name), [name], paths, buffers);
    return { content: { type: "state", state, paths }, buffers };
  });
  for (const told of listeners.get(model) ?? []) told(all);
}

/** Tell the kernel ten times a second at most: what moves with the hand. */
export function pushStateThrottled<T extends Fields>(model: AnyModel<T>, ...names: Name<T>[]): void {
  let late = waiting.get(model);
  if (!late) {
    late = { names: new Set(), timer: setTimeout(() => pushState(model), PAUSE) };
    waiting.set(model, late);
  }
  for (const name of names) late.names.add(name);
}

/** Set traits and tell the kernel. */
export function setAndPush<T extends Fields>(model: AnyModel<T>, values: Partial<T>): void {
  const names = Object.keys(values) as Name<T>[];
  for (const name of names) model.set(name, values[name]!);
  pushState(model, ...names);
}

/** The value as JSON can hold it; bytes go to `buffers`, and where they belong to `paths`. */
function withoutBytes(
  value: any,
  path: (string | number)[],
  paths: (string | number)[][],
  buffers: ArrayBuffer[],
): any {
  const inner = (part: any, key: string | number) => withoutBytes(part, [...path, key], paths, buffers);
  if (value instanceof DataView) {
    // Of a view over part of a buffer the whole buffer would travel.
    buffers.push(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength) as ArrayBuffer);
    paths.push(path);
    return null;
  }
  if (Array.isArray(value)) return value.map(inner);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inner(part, key)]));
}
