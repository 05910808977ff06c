/** The models that the page has, by their names: all widgets of the page share them. */

import { loadModel, type InPageModel, type ModelSource } from "../model/in_page_model.ts";

/** Models of earlier weights are dropped beyond this number. */
const MOST = 4;
// Each widget has a copy of this module, so that a variable of it would not be shared.
const KEY = Symbol.for("vae_widgets.models");
const models: Map<string, Promise<InPageModel>> = ((globalThis as any)[KEY] ??= new Map());

/** The model of a name. `bring` gets what it is made of, the first time; if it fails, it may be asked again. */
export function modelOf(name: string, bring: () => Promise<ModelSource>): Promise<InPageModel> {
  let model = models.get(name);
  if (!model) {
    const source = bring();
    source.catch(() => models.delete(name));
    models.set(name, (model = source.then(loadModel)));
    const [oldest] = models.keys();
    if (models.size > MOST) models.delete(oldest);
  }
  return model;
}
