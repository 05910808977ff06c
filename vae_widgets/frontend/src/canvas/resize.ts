/** Sizes of elements. */

/**
 * Call a function with the width and height of an element when these change, also in pixels of the
 * screen, and at once where it is visible.
 */
export function onResize(element: Element, resized: (width: number, height: number) => void): () => void {
  const observer = new ResizeObserver(([{ contentRect }]) => resized(contentRect.width, contentRect.height));
  try {
    observer.observe(element, { box: "device-pixel-content-box" });
  } catch {
    observer.observe(element); // Safari has no such box
  }
  return () => observer.disconnect();
}
