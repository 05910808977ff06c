/** Bindings: what runs when traits of a model change. */

import type { AnyModel } from "@anywidget/types";

/** For each trait, what runs when it changes. */
export type Bindings<T> = { [Name in keyof T]?: () => void };

/** Run the bindings whenever their traits change. Returns a function that stops them. */
export function listen<T extends Record<string, any>>(
  model: AnyModel<T>,
  bindings: Bindings<T>,
): () => void {
  const events = Object.entries(bindings).map(([name, run]) => [`change:${name}`, run!] as const);
  for (const [event, run] of events) model.on(event, run);
  return () => {
    for (const [event, run] of events) model.off(event, run);
  };
}
