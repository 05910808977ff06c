/**
 * A picture of a part of the page as it is seen, without its controls.
 *
 * A copy with its styles written into it is drawn by the browser as SVG; canvases, which such a
 * copy does not have, are drawn at their places.
 */

import { pixelRatio, zoomOf } from "./scale.ts";

/** What is for use and not for a picture. A widget may give the first class to more. */
const LEFT_OUT =
  ".vw-not-pictured, .vw-controls, .vw-status, .vw-notice, .vw-kept, .vw-menu, .vw-dims, .vw-tooltip, audio, style";
const NOT_IN_XML = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** The element as a PNG file in device pixels, on its own background. */
export async function pictureOf(root: HTMLElement): Promise<Blob> {
  const canvases: [HTMLCanvasElement, HTMLElement][] = [];
  const copy = copyOf(root, canvases) as HTMLElement;
  Object.assign(copy.style, { margin: "0", height: "auto", minHeight: "0", maxHeight: "none", zoom: "1" });
  const { box, places } = layOut(copy, root.getBoundingClientRect().width / zoomOf(root), canvases.map(([, at]) => at));

  const ratio = pixelRatio(root);
  const made = document.createElement("canvas");
  made.width = Math.ceil(box.width * ratio);
  made.height = Math.ceil(box.height * ratio);
  const context = made.getContext("2d")!;
  context.scale(ratio, ratio);
  context.fillStyle = backgroundOf(root);
  context.fillRect(0, 0, box.width, box.height);
  context.drawImage(await drawn(copy, box, ratio), 0, 0, box.width, box.height);
  canvases.forEach(([canvas], i) => {
    const { left, top, width, height } = places[i];
    if (!canvas.width || !canvas.height || !width) return;
    const { opacity, imageRendering } = getComputedStyle(canvas);
    context.globalAlpha = Number(opacity);
    // Device pixels of the canvas stay device pixels of the picture, also beside whole ones.
    const same = Math.abs(canvas.width - width * ratio) < 1;
    context.imageSmoothingEnabled = !same && imageRendering !== "pixelated";
    const snap = (x: number) => (same ? Math.round(x * ratio) / ratio : x);
    context.drawImage(canvas, snap(left - box.left), snap(top - box.top), width, height);
  });
  return new Promise((resolve, reject) =>
    made.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large")))),
  );
}

/** Copy an element with its styles. Boxes stand in for canvases, and both go into `canvases`. */
function copyOf(from: Element, canvases: [HTMLCanvasElement, HTMLElement][]): Element {
  const isCanvas = from instanceof HTMLCanvasElement;
  const copy = (isCanvas ? document.createElement("div") : from.cloneNode()) as HTMLElement;
  const computed = getComputedStyle(from);
  for (const name of computed) copy.style.setProperty(name, computed.getPropertyValue(name));
  copy.style.flex = "none"; // what grew or shrank to its size has it already
  if (isCanvas) canvases.push([from, copy]);
  if (from instanceof HTMLInputElement) copy.setAttribute("value", from.value);
  if (from instanceof HTMLOptionElement) copy.toggleAttribute("selected", from.selected);
  for (const child of (from.shadowRoot ?? from).childNodes) {
    if (child instanceof Text) copy.append(child.cloneNode());
    if (!(child instanceof Element)) continue;
    const { display, position } = getComputedStyle(child);
    if (display === "none") continue;
    if (!child.matches(LEFT_OUT)) copy.append(copyOf(child, canvases));
    else if (position !== "absolute") copy.style.height = "auto"; // without room for it
  }
  if (/auto|scroll/.test(computed.overflow)) copy.style.overflow = "hidden"; // no scroll bars
  if (!from.childElementCount && isOneLine(from)) copy.style.whiteSpace = "pre";
  return copy;
}

/** Whether its text is in one line, which must not break where letters are wider by a hair. */
function isOneLine(element: Element): boolean {
  const range = document.createRange();
  range.selectNodeContents(element);
  return range.getClientRects().length === 1;
}

/** The size of a copy, and the places of some of its parts, laid out in `width`. */
function layOut(copy: HTMLElement, width: number, parts: HTMLElement[]) {
  const host = document.createElement("div");
  host.style.cssText = `position: fixed; left: -99999px; top: 0; width: ${width}px; visibility: hidden`;
  host.append(copy);
  document.body.append(host);
  const box = copy.getBoundingClientRect();
  const places = parts.map((part) => part.getBoundingClientRect());
  host.remove();
  return { box, places };
}

/** An element with its styles as a picture of `ratio` pixels for each CSS pixel. */
async function drawn(element: Element, { width, height }: DOMRect, ratio: number) {
  const text = new XMLSerializer().serializeToString(element).replace(NOT_IN_XML, "\ufffd");
  const picture = new Image();
  // Not the address of a blob: a canvas with such a picture could not be saved.
  picture.src = `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width * ratio}" height="${height * ratio}" ` +
      `viewBox="0 0 ${width} ${height}"><foreignObject width="100%" height="100%">${text}</foreignObject></svg>`,
  )}`;
  await picture.decode();
  return picture;
}

function backgroundOf(element: Element | null): string {
  for (; element; element = element.parentElement) {
    const { backgroundColor } = getComputedStyle(element);
    if (!/^(transparent|rgba\(.*, 0\))$/.test(backgroundColor)) return backgroundColor;
  }
  return "#fff";
}
