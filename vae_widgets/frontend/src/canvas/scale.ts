/** The scale at which the page shows all widgets (`vw.presentation`): the CSS zoom of shell.css. */

const SCALE = "--vw-scale";

/** Show all widgets of the page larger; 1 as they are. Older browsers measure zoomed elements otherwise, and keep them as they are. */
export function showAt(scale: number): void {
  const { style } = document.documentElement;
  if (scale !== 1 && "currentCSSZoom" in Element.prototype) style.setProperty(SCALE, String(scale));
  else style.removeProperty(SCALE);
}

/** Pixels of the page for each CSS pixel of an element. Its own sizes, such as `clientWidth`, are in the latter. */
export function zoomOf(element: Element): number {
  return (element as Element & { currentCSSZoom?: number }).currentCSSZoom ?? 1;
}

/** Pixels of the screen for each CSS pixel of an element. */
export function pixelRatio(element: Element): number {
  return (window.devicePixelRatio || 1) * zoomOf(element);
}
