/** Sizes of elements. */

/** Call a function with the width and height of an element when these change, and at once where it is visible. */
export function onResize(element: Element, resized: (width: number, height: number) => void): () => void {
  const observer = new ResizeObserver(([{ contentRect }]) => resized(contentRect.width, contentRect.height));
  observer.observe(element);
  return () => observer.disconnect();
}
