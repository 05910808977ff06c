/** The gestures of a widget that Ctrl+Z undoes, and Ctrl+Y or Ctrl+Shift+Z redoes. */

import type { AnyModel } from "@anywidget/types";
import { widgetKey } from "../kernel/widget_key.ts";
import { setAndPush } from "../kernel/sync.ts";
import { onKey } from "./keys.ts";

/** A gesture. Both functions set what it has set: values that Python has set since are replaced. */
export interface Step {
  undo(): void;
  redo(): void;
}

/** Steps that are kept. One may hold a selection of a million samples. */
const LONGEST = 30;
const histories = new WeakMap<object, History>();

export class History {
  #done: Step[] = [];
  #undone: Step[] = [];

  /** The history of a widget, which all of its views share. */
  static of(model: AnyModel<any>): History {
    const widget = widgetKey(model);
    let history = histories.get(widget);
    if (!history) histories.set(widget, (history = new History()));
    return history;
  }

  /** Add a gesture that was just done. */
  add(step: Step): void {
    this.#done = [...this.#done, step].slice(-LONGEST);
    this.#undone = [];
  }

  /** Forget a gesture, which has failed. */
  remove(step: Step): void {
    this.#done = this.#done.filter((other) => other !== step);
  }

  undo(): boolean {
    return this.#move(this.#done, this.#undone, "undo");
  }

  redo(): boolean {
    return this.#move(this.#undone, this.#done, "redo");
  }

  #move(from: Step[], to: Step[], how: keyof Step): boolean {
    const step = from.pop();
    if (!step) return false;
    step[how]();
    to.push(step);
    return true;
  }
}

/** Undo and redo by the keys of the main part of a widget. Returns a cleanup. */
export function onUndo(main: HTMLElement, model: AnyModel<any>, setStatus: (text: string) => void): () => void {
  return onKey(main, (key) => {
    const history = History.of(model);
    if (key === "Undo") setStatus(history.undo() ? "Undone. Ctrl+Y redoes it." : "There is nothing to undo.");
    else if (key === "Redo") setStatus(history.redo() ? "Redone." : "There is nothing to redo.");
    else return false;
    return true;
  });
}

/** Set traits by a gesture that can be undone, and send them to the kernel. */
export function setUndoably<T extends Record<string, any>>(model: AnyModel<T>, values: Partial<T>): void {
  const names = Object.keys(values) as (string & keyof T)[];
  const before = Object.fromEntries(names.map((name) => [name, model.get(name)])) as Partial<T>;
  setAndPush(model, values);
  History.of(model).add({
    undo: () => setAndPush(model, before),
    redo: () => setAndPush(model, values),
  });
}
