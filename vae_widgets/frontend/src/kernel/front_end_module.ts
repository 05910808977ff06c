/**
 * A front-end module of anywidget, as each widget exports it: https://anywidget.dev/en/afm/
 *
 * A host ends a view by the function that `render` returns, by aborting `signal`, or by both. Hosts
 * before anywidget 0.11 pass neither `signal` nor `host`, and some have no widget manager.
 */

import type { AnyModel, Host } from "@anywidget/types";

export interface View<T extends Record<string, any>> {
  model: AnyModel<T>;
  el: HTMLElement;
}

interface Rendered<T extends Record<string, any>> extends View<T> {
  signal?: AbortSignal;
  host?: Host;
}

/** The hosts of the models that were rendered. */
const hosts = new WeakMap<object, Host>();

/** The module of a widget. `show` draws a view of it and returns what ends the view. */
export function frontEndModule<T extends Record<string, any>>(show: (view: View<T>) => () => void) {
  return {
    render({ model, el, signal, host }: Rendered<T>): () => void {
      if (signal?.aborted) return () => {};
      if (host) hosts.set(model, host);
      const end = show({ model, el });
      let ended = false;
      const endOnce = () => {
        if (ended) return;
        ended = true;
        end();
      };
      signal?.addEventListener("abort", endOnce, { once: true });
      return endOnce;
    },
  };
}

/** The host of a model, if it has one. */
export function hostOf(model: object): Host | undefined {
  return hosts.get(model);
}

/**
 * Find the model of another widget by its id, with or without "IPY_MODEL_". Null if this page does
 * not have it.
 */
export async function findModel(model: AnyModel<any>, ref: string): Promise<AnyModel<any> | null> {
  const id = ref.replace(/^IPY_MODEL_/, "");
  // Jupyter's models come first, because their `set_state` sends nothing to the kernel.
  const ways = [() => model.widget_manager.get_model(id), () => hosts.get(model)?.getModel(`anywidget:${id}`)];
  for (const way of ways) {
    try {
      const found = await way();
      if (found) return found;
    } catch {
      // It has no such model, or the host has no such way.
    }
  }
  return null;
}

/** Set traits of another widget in this page alone, as if the kernel had sent them. */
export function setHere(model: AnyModel<any>, values: Record<string, unknown>): void {
  const { set_state } = model as { set_state?: (values: object) => void };
  if (set_state) set_state.call(model, values);
  else for (const [name, value] of Object.entries(values)) model.set(name, value);
}
