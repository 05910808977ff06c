/** The colours and font of the page, read from JupyterLab's variables, for drawing on a canvas. */

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

export function readTheme(element: Element): Theme {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  const paper = read("--vw-paper");
  return {
    paper,
    ink: read("--vw-ink"),
    faint: read("--vw-faint"),
    line: read("--vw-line"),
    accent: read("--vw-accent"),
    warn: read("--vw-warn"),
    font: read("--vw-font"),
    dark: document.body.dataset.jpThemeLight === "false",
  };
}

/** Call `changed` when JupyterLab switches between themes. Returns a function that stops it. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"],
  });
  return () => observer.disconnect();
}
