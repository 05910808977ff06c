/** What all views of a widget have in common. */

import type { AnyModel } from "@anywidget/types";

/**
 * An object that stands for the widget, as a key. anywidget gives each view a model of its own; all of
 * them have the same layout.
 */
export function widgetKey(model: AnyModel<any>): object {
  const layout: unknown = model.get?.("layout");
  return typeof layout === "object" && layout !== null ? layout : model;
}
