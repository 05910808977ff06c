/**
 * Traits that the page has set, sent to the kernel (widgets/base/widget.py).
 *
 * They are sent as messages instead of by `save_changes`, which waits until the kernel has processed
 * the change before. While a cell awaits, it never has, and only the first change would arrive.
 */

import type { AnyModel } from "@anywidget/types";
import { Channel, type Post } from "./channel.ts";
import type { Fields, Kind } from "./messages.ts";

type State = Record<string, any>;
type Name<T> = string & keyof T;

const PAUSE = 100;
const waiting = new WeakMap<object, { names: Set<string>; timer: ReturnType<typeof setTimeout> }>();

/** Send a message. If no kernel can be reached, the message waits in the page until one can. */
export function send<K extends Kind>(model: AnyModel<any>, kind: K, fields: Fields<K>): Post {
  return Channel.of(model).post(kind, fields);
}

const listeners = new WeakMap<object, Set<(names: string[]) => void>>();

/** Call `pushed` with the names of the traits that the page has set. Returns a function that stops it. */
export function onPushed(model: AnyModel<any>, pushed: (names: string[]) => void): () => void {
  const set = listeners.get(model) ?? new Set();
  listeners.set(model, set.add(pushed));
  return () => set.delete(pushed);
}

/** Send the values of these traits and of those that wait. */
export function pushState<T extends State>(model: AnyModel<T>, ...names: Name<T>[]): void {
  const late = waiting.get(model);
  clearTimeout(late?.timer);
  waiting.delete(model);
  const all = [...new Set([...(late?.names ?? []), ...names])];
  Channel.of(model).postState(all);
  for (const pushed of listeners.get(model) ?? []) pushed(all);
}

/** Send the values at most ten times a second, for example during a drag. */
export function pushStateThrottled<T extends State>(model: AnyModel<T>, ...names: Name<T>[]): void {
  let late = waiting.get(model);
  if (!late) {
    late = { names: new Set(), timer: setTimeout(() => pushState(model), PAUSE) };
    waiting.set(model, late);
  }
  for (const name of names) late.names.add(name);
}

/** Set traits and send them to the kernel. */
export function setAndPush<T extends State>(model: AnyModel<T>, values: Partial<T>): void {
  const names = Object.keys(values) as Name<T>[];
  for (const name of names) model.set(name, values[name]!);
  pushState(model, ...names);
}
