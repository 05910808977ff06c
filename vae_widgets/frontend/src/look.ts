/**
 * How a view is looked at, chosen in the page and kept by the kernel, so that a second view or a
 * reloaded page shows the same.
 *
 * It travels as a message of its own and not by `save_changes`: that waits for the kernel's word
 * that it has dealt with the change before, which never comes while a cell awaits; of all changes
 * only the first would arrive. widgets/look.py takes it.
 */

import type { AnyModel } from "@anywidget/types";

export function choose<T extends Record<string, any>, K extends string & keyof T>(
  model: AnyModel<T>,
  name: K,
  value: T[K],
): void {
  model.set(name, value);
  model.send({ type: "look", name, value });
}
