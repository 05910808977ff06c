/**
 * The keys of widgets, and the focus that they need.
 *
 * A key that is pressed in a widget is offered to the focused part (`onKey`), and then to the main
 * part of the widget, unless the focused control uses the key itself: a field takes text, a range
 * takes arrows, a button takes Enter and Space. So every key works wherever the focus is.
 * JupyterLab, which would delete the cell at "d d", gets none of them. It still gets Tab, keys with
 * Ctrl, Alt or Meta, and Shift+Enter unless a part uses it.
 *
 * Ctrl+Z arrives as the key "Undo", Ctrl+Y and Ctrl+Shift+Z as "Redo" (history.ts).
 *
 * After a click on a button the focus goes to the main part. A click on a place without a control
 * gives it to the widget. None of this needs to be called: a new button or field has it.
 */

/** A widget, or a box of several (widgets/base/widget.py). */
const WIDGET = ".vw-widget, .vw-composite";
const MAIN = "data-vw-main";
const KEY = "vw-key";
const TEXT = "textarea, [contenteditable], input:not([type=range], [type=checkbox])";
/** For each control, the keys that the browser uses. */
const USED: [string, RegExp][] = [
  [TEXT, /^(?!Undo|Redo|Escape)/],
  ["select", /^(?!Undo|Redo|Escape)/],
  ["input[type=range]", /^(Arrow|Page|Home|End)/],
  ["button, input, a", /^( |Enter)$/],
];

/**
 * Make an element the main part of its widget: its keys work wherever the focus is in the widget.
 * With `tabIndex` -1 it gets the focus by clicks only.
 */
export function setMainPart(part: HTMLElement, tabIndex = 0): void {
  part.tabIndex = tabIndex;
  part.setAttribute(MAIN, "");
}

/**
 * Handle keys pressed in an element. `handle` returns whether it used the key; if so, what was
 * registered later does not get it. Returns a cleanup.
 */
export function onKey(element: HTMLElement, handle: (key: string, event: KeyboardEvent) => boolean): () => void {
  const listen = (event: Event) => {
    const { key } = event as KeyboardEvent;
    if (!handle(key, event as KeyboardEvent)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  element.addEventListener(KEY, listen);
  return () => element.removeEventListener(KEY, listen);
}

/** Offer a key to an element and to those around it. Returns whether it was used. */
function offer(element: Element, key: string, { shiftKey, repeat }: KeyboardEvent): boolean {
  const event = new KeyboardEvent(KEY, { key, shiftKey, repeat, bubbles: true, cancelable: true });
  return !element.dispatchEvent(event);
}

/** The key, or "" for a key that is not for widgets. */
function keyOf(event: KeyboardEvent): string {
  const { key } = event;
  // On some keyboards [ and ] need AltGr, which counts as Ctrl and Alt.
  const plain = event.getModifierState("AltGraph") || !(event.ctrlKey || event.metaKey || event.altKey);
  if (plain) return ["Tab", "Shift", "AltGraph", "Process"].includes(key) ? "" : key;
  if (event.altKey) return "";
  const letter = key.toLowerCase();
  if (letter === "z") return event.shiftKey ? "Redo" : "Undo";
  return letter === "y" && !event.shiftKey ? "Redo" : "";
}

/** The element of an event, and those around it. */
const pathOf = (event: Event) => event.composedPath().filter((part) => part instanceof HTMLElement);

function ancestors(element: Element | null): HTMLElement[] {
  return element instanceof HTMLElement ? [element, ...ancestors(element.parentElement)] : [];
}

/** What has the focus: in the shadow root that has the element, as in marimo, or else in the page. */
export function focusBeside(element: Element): Element | null {
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? (root.activeElement ?? document.activeElement) : document.activeElement;
}

const isWidget = (part: Element) => part.matches(WIDGET);

/** The main part of the innermost widget that has one. */
function mainPartOf(path: HTMLElement[]): HTMLElement | undefined {
  for (const widget of path.filter(isWidget)) {
    const parts = [widget, ...widget.querySelectorAll<HTMLElement>(`[${MAIN}]`)];
    const shown = parts.find((part) => part.hasAttribute(MAIN) && part.checkVisibility());
    if (shown) return shown;
  }
}

function focusMainPart(path: HTMLElement[]): void {
  mainPartOf(path)?.focus({ preventScroll: true, focusVisible: false } as FocusOptions);
}

/** Whether the last press was one of the pointer. */
let pointed = false;
/** The button that was clicked, until the next click: keys of its own still work. */
let clicked: WeakRef<HTMLElement> | undefined;

function keydown(event: KeyboardEvent): void {
  pointed = false;
  const key = keyOf(event);
  const path = pathOf(event);
  const [target] = path;
  if (!key || !path.some(isWidget)) return;
  const isText = target.matches(TEXT);
  if (isText && !target.closest(".vw-widget")) return; // a field of ipywidgets
  const main = mainPartOf(path);
  const typed = isText && (target as HTMLInputElement).value !== (target as HTMLInputElement).defaultValue;
  const browsers = (typed && key !== "Escape") || USED.some(([control, keys]) => target.matches(control) && keys.test(key));
  let used = offer(target, key, event);
  if (!used && key === "Escape" && target.matches("input, select")) {
    used = true;
    focusMainPart(path);
  } else if (!used && !browsers && main) {
    const button = clicked?.deref();
    used =
      (!path.includes(main) && offer(main, key, event)) ||
      (button?.isConnected === true && mainPartOf(ancestors(button)) === main && offer(button, key, event));
  }
  if (used) event.preventDefault();
  const focused = focusBeside(target);
  // The key has closed what had the focus, and has not moved the focus itself.
  if (used && !target.checkVisibility() && (focused === target || focused === document.body)) focusMainPart(path);
  if (used || browsers || !(key === "Enter" && event.shiftKey)) event.stopImmediatePropagation();
}

function pointerdown(event: PointerEvent): void {
  pointed = true;
  clicked = undefined;
  const widget = pathOf(event).find(isWidget);
  // The browser gives the focus to what is pressed, or else to the widget.
  if (widget && !widget.hasAttribute("tabindex")) widget.tabIndex = -1;
}

function click(event: MouseEvent): void {
  const path = pathOf(event);
  const button = path.find((part) => part.matches("button")) as HTMLButtonElement | undefined;
  if (!button) return;
  if (event.detail) clicked = new WeakRef(button);
  // The button may have moved the focus, for example to a field that it has opened.
  const focused = focusBeside(button);
  if (focused?.contains(button) || focused === document.body) {
    // `detail` is 0 for a click by a key, after which the focus stays while the button can be used.
    if (event.detail || button.disabled || !button.checkVisibility()) focusMainPart(path);
  }
}

function change(event: Event): void {
  const path = pathOf(event);
  if (pointed && path[0]?.matches("select")) focusMainPart(path);
}

// Each widget has a copy of this module; one of them listens.
const page = globalThis as { vwKeys?: AbortController };
page.vwKeys?.abort();
const { signal } = (page.vwKeys = new AbortController());
if (globalThis.window) {
  const options = { capture: true, signal }; // before JupyterLab
  window.addEventListener("keydown", keydown, options);
  window.addEventListener("pointerdown", pointerdown, options);
  window.addEventListener("click", click, { signal });
  window.addEventListener("change", change, { signal });
}
