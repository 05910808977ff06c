/** HTML or SVG about one sample, from the `detail` method of its renderer. */

// Elements that run code, load something or change the page are removed.
const ACTIVE = "script, iframe, object, embed, link, meta, base, form, foreignObject, set, animate";

// A box of a fixed width (`container-type`) up to this one shows each row in one line.
const NARROW = 240;

// Heights of the box are multiples of the line, and scrolling stops at lines, so that none is cut.
const STYLE = `
  :host { display: block; overflow: auto; font-size: 12px; font-variant-numeric: tabular-nums;
    line-height: 16px; scroll-snap-type: y mandatory; }
  :host([hidden]) { display: none; }
  table { border-collapse: collapse; color: inherit; font: inherit; }
  td, th { padding: 0 6px 0 0; text-align: left; vertical-align: top; white-space: nowrap; }
  td:first-child, th { white-space: normal; }
  /* Where names would take three lines. */
  @container (max-width: ${NARROW}px) {
    table { width: 100%; }
    td:first-child { max-width: 0; width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  }
  tr { scroll-snap-align: start; }
  code { overflow-wrap: anywhere; white-space: pre-wrap; }
  svg, img { max-width: 100%; height: auto; }
  td svg { max-width: none; } /* the bar of a row, which would give way to its name */
`;

/** A box for the HTML, hidden while it is empty. Its styles do not affect the page. */
export class DetailText {
  readonly root: HTMLElement;
  readonly #inside: ShadowRoot;
  #shown = "";

  constructor(className: string) {
    this.root = document.createElement("div");
    this.root.className = className;
    this.root.hidden = true;
    this.#inside = this.root.attachShadow({ mode: "open" });
  }

  show(html: string): void {
    if (html === this.#shown) return;
    this.#shown = html;
    this.root.hidden = !html;
    const style = document.createElement("style");
    style.textContent = STYLE;
    const text = harmless(html);
    for (const name of text.querySelectorAll<HTMLElement>("td:first-child")) name.title ||= name.textContent;
    this.#inside.replaceChildren(style, text);
    // A table can be cut after a row, and scrolls; a drawing says nothing without its axis.
    this.root.toggleAttribute("data-drawing", this.#inside.querySelector("style + :is(svg, img)") !== null);
  }
}

/** Parse HTML, without scripts, event handlers and addresses that run code. */
function harmless(html: string): DocumentFragment {
  const template = document.createElement("template");
  template.innerHTML = html; // the content of a template is inert
  for (const node of template.content.querySelectorAll(ACTIVE)) node.remove();
  for (const node of template.content.querySelectorAll("*")) {
    for (const { name, value } of [...node.attributes]) {
      const address = value.replace(/\s/g, "").toLowerCase();
      if (/^on/i.test(name) || address.startsWith("javascript:")) node.removeAttribute(name);
    }
  }
  return template.content;
}
