/** The colours and font of the page, read from JupyterLab's variables, for drawing on a canvas. */

import { ATTRIBUTES } from "../kernel/page_settings.ts";

export interface Theme {
  paper: string;
  ink: string;
  faint: string;
  line: string;
  accent: string;
  warn: string;
  font: string;
  dark: boolean;
}

/** The colours that the user has set for all pages (`@media (forced-colors)` in shell.css). */
const FORCED = "(forced-colors: active)";
const DARK = "(prefers-color-scheme: dark)";

export function readTheme(element: Element): Theme {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  const colour = window.matchMedia(FORCED).matches ? (name: string) => resolved(element, name) : read;
  return {
    paper: colour("--vw-paper"),
    ink: colour("--vw-ink"),
    faint: colour("--vw-faint"),
    line: colour("--vw-line"),
    accent: colour("--vw-accent"),
    warn: colour("--vw-warn"),
    font: read("--vw-font"),
    dark: isDark(),
  };
}

/** Whether the page is dark. */
export function isDark(): boolean {
  if (window.matchMedia(FORCED).matches) return window.matchMedia(DARK).matches;
  const { classList, dataset } = document.body;
  // marimo has other marks than JupyterLab.
  return dataset.jpThemeLight === "false" || classList.contains("dark") || dataset.theme === "dark";
}

/** The colour that a variable has in the page: a canvas does not know the user's `CanvasText`. */
function resolved(element: Element, name: string): string {
  const probe = document.createElement("span");
  probe.style.cssText = `color: var(${name}); forced-color-adjust: none`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Call `changed` when the theme or the user's own colours change, those of the page included. Returns a function that stops it. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: [
      "data-jp-theme-light",
      "data-jp-theme-name",
      "class",
      "data-theme",
      ATTRIBUTES.classColours,
      ATTRIBUTES.quantityColours,
    ],
  });
  const queries = [FORCED, DARK].map((query) => window.matchMedia(query));
  for (const query of queries) query.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    for (const query of queries) query.removeEventListener("change", changed);
  };
}
