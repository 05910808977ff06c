/** The models that the page has, by their names: all widgets of the page share them. */

import type { InPageModel, loadModel, ModelSource } from "../model/in_page_model.ts";

type Runtime = { loadModel: typeof loadModel };

/** Models of earlier weights are dropped beyond this number. */
const MOST = 4;
const models = ofPage<Promise<InPageModel>>("models");
const runtimes = ofPage<Promise<Runtime>>("runtimes");

/**
 * The model of a name. `bring` gets what it is made of, the first time; if it fails, it may be asked
 * again. `load` makes the model of it.
 */
export function modelOf<Source extends ModelSource>(
  name: string,
  bring: () => Promise<Source>,
  load: (source: Source) => Promise<InPageModel>,
): Promise<InPageModel> {
  let model = models.get(name);
  if (!model) {
    const source = bring();
    source.catch(() => models.delete(name));
    models.set(name, (model = source.then(load)));
    const [oldest] = models.keys();
    if (models.size > MOST) models.delete(oldest);
  }
  return model;
}

/**
 * The runtime (model/in_page_model.ts) from its code, a JavaScript module. It comes with a model, because
 * it is a third of the code of a widget, and many widgets never use it.
 */
export function runtimeOf(code: string): Promise<Runtime> {
  let runtime = runtimes.get(code);
  if (!runtime) {
    const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    runtime = (import(/* webpackIgnore: true */ url) as Promise<Runtime>).finally(() => URL.revokeObjectURL(url));
    runtime.catch(() => runtimes.delete(code));
    runtimes.set(code, runtime);
  }
  return runtime;
}

/** A table of the page. Each widget has a copy of this module, so that its own variables would not be shared. */
function ofPage<Value>(name: string): Map<string, Value> {
  return ((globalThis as any)[Symbol.for(`vae_widgets.${name}`)] ??= new Map());
}
