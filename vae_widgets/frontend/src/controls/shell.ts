/** The frame that every widget shares: title row, picture, one row of controls, status line. */

import type { AnyModel } from "@anywidget/types";
import { onResize } from "../canvas/resize.ts";
import { KernelNotice } from "./kernel_notice.ts";
import "./shell.css";

/** Below this width, in CSS pixels, widgets fold. */
const NARROW = 600;

export interface Shell {
  root: HTMLElement;
  title: HTMLElement;
  picture: HTMLElement;
  controls: HTMLElement;
  /** The line under the status line that says that the kernel does not answer. */
  notice: KernelNotice;
  /**
   * Show a line under the widget; screen readers hear it politely. Returns a function that shows the line before it
   * again, unless another one has been shown since.
   */
  setStatus(text: string): () => void;
}

/** `works` names what the widget does without a kernel. */
export function createShell(
  parent: HTMLElement,
  title: string,
  model: AnyModel<any>,
  works: string,
): Shell {
  const root = element("div", "vw-widget");
  const titleRow = element("div", "vw-title");
  titleRow.append(element("span", "vw-name", title));
  const picture = element("div", "vw-picture");
  const controls = element("div", "vw-controls");
  const status = element("div", "vw-status");
  status.role = "status";
  status.ariaLive = "polite";
  const notice = new KernelNotice(model, works);
  root.append(titleRow, picture, controls, status, notice.root);
  mount(parent, root);
  // A class instead of a container query: Chromium does not paint what was added to a query
  // container while its cell was out of sight in JupyterLab.
  onResize(root, (width) => {
    if (!width) return;
    root.classList.toggle("vw-narrow", width < NARROW);
    // In steps, so that no height that follows it is a fraction of a pixel.
    root.style.setProperty("--vw-width", `${20 * Math.floor(width / 20)}px`);
  });
  const setStatus = (text: string) => {
    const before = status.textContent;
    if (before !== text) status.textContent = text;
    return () => {
      if (status.textContent === text) status.textContent = before;
    };
  };
  return { root, title: titleRow, picture, controls, notice, setStatus };
}

/**
 * Put a widget into the element that its page gives it. Styles know that element by a class: to find it by
 * `:has()`, the browser would check all elements around it after every change in the page.
 */
export function mount(parent: HTMLElement, root: HTMLElement): void {
  parent.classList.add("vw-host");
  parent.append(root);
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  text = "",
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** A text after a square of its colour, as in a legend. */
export function swatched(colour: string, text: string): HTMLElement {
  const made = element("span", "vw-swatched", text);
  made.style.setProperty("--vw-class", colour);
  return made;
}

/** A button with a label; `hint` is its tooltip, which also names its key. */
export function button(text: string, hint: string, pressed: () => void): HTMLButtonElement {
  const made = element("button", "vw-button", text);
  made.type = "button";
  made.title = hint;
  made.addEventListener("click", pressed);
  return made;
}
