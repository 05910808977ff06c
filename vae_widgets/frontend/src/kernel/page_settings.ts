/**
 * What the user of a page has set for all widgets: attributes of its body. The JupyterLab extension writes
 * them (labextension/src/settings.ts); any other page may.
 */

/** Each setting and its attribute. */
export const ATTRIBUTES = {
  /** The largest decoder, in MB, that a widget asks the kernel for by itself. */
  inPageMegabytes: "data-vw-in-page-megabytes",
  /** The ten colours of classes as "#rrggbb", with a space between two. */
  classColours: "data-vw-class-colours",
  /** "viridis" or "cividis". */
  quantityColours: "data-vw-quantity-colours",
} as const;

export type PageSettings = Partial<Record<keyof typeof ATTRIBUTES, string>>;

/** Set what widgets of the page read; a setting that is missing or empty has its default. */
export function writePageSettings(settings: PageSettings, body: Element): void {
  for (const [name, attribute] of Object.entries(ATTRIBUTES)) {
    const value = settings[name as keyof typeof ATTRIBUTES];
    if (value) body.setAttribute(attribute, value);
    else body.removeAttribute(attribute);
  }
}

/** What the page has set; empty for nothing. */
export function pageSetting(name: keyof typeof ATTRIBUTES): string {
  return globalThis.document?.body?.getAttribute(ATTRIBUTES[name]) ?? "";
}
