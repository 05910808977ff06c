/** Buttons of a legend that hide and show groups of points. */

import { MARKS } from "../../canvas/palette.ts";
import { onKey } from "../../controls/keys.ts";
import { button, element } from "../../controls/shell.ts";
import { whole } from "../../format/numbers.ts";

export interface Entry {
  /** Number of the group in the list of hidden ones. */
  group: number;
  name: string;
  count: number;
  /** Empty for none. */
  colour: string;
  /** Index into `MARKS`. */
  mark?: number;
}

// More entries than this have a search field.
const MANY = 10;
// A list that scrolls shows at least this number of rows.
const FEWEST = 3;

export class Switches {
  readonly root = element("div", "vw-legend-switches");
  /** The row above the entries, in `root` unless it is put elsewhere: search, and what shows all. */
  readonly head = element("div", "vw-legend-head");
  readonly #changed: (hidden: number[]) => void;
  readonly #title = element("span", "vw-legend-title");
  readonly #search = element("input", "vw-input vw-not-pictured");
  readonly #all: HTMLButtonElement;
  readonly #list = element("div", "vw-legend-classes");
  #rows: HTMLElement[] = [];
  #entries: Entry[] = [];
  #hidden: number[] = [];
  #isMeasured = false;

  /** `one` and `many` are what a group is called; `changed` gets the groups that are to be hidden. */
  constructor(one: string, many: string, changed: (hidden: number[]) => void) {
    this.#changed = changed;
    this.#list.role = "group";
    this.#list.ariaLabel = `${many}: press to hide or show, O for only one, A for all`;
    const search = this.#search;
    search.type = "search";
    search.placeholder = `Find a ${one}`;
    search.title = "List what has these letters. Enter shows only its points, Esc lists all";
    search.ariaLabel = `Find a ${one}`;
    search.addEventListener("input", () => this.#find());
    onKey(search, (key) => {
      if (key === "Enter") this.#showOnly(this.#found());
      else if (key === "Escape" && search.value) {
        search.value = "";
        search.dispatchEvent(new InputEvent("input", { bubbles: true }));
      } else return false;
      return true;
    });
    this.#all = button("All", "Show all points again (A)", () => changed([]));
    this.#all.classList.add("vw-not-pictured");
    this.#title.textContent = many;
    this.head.append(this.#title, search, this.#all);
    this.root.append(this.head, this.#list);
    onKey(this.#list, (key, { target }) => {
      if (key.toLowerCase() === "a") changed([]);
      else if (key.toLowerCase() === "o") this.#only(this.#rows.findIndex((row) => row.contains(target as Node)));
      else return false;
      return true;
    });
  }

  show(entries: Entry[], hidden: number[]): void {
    if (this.#rows.length !== entries.length) this.#build(entries.length);
    this.#hidden = hidden;
    this.#entries = entries;
    this.#isMeasured = false;
    this.head.hidden = entries.length < 2;
    this.#search.hidden = entries.length <= MANY;
    if (this.#search.hidden) this.#search.value = "";
    this.#title.hidden = !this.#search.hidden;
    this.#all.disabled = !entries.some(({ group }) => hidden.includes(group));
    entries.forEach(({ group, name, count, colour, mark = 0 }, i) => {
      const [made, only] = this.#rows[i].children as unknown as HTMLElement[];
      const [swatch, text, number] = made.children as unknown as HTMLElement[];
      made.title = `${name}: hide or show. Alt-click, double-click or O: only this. A: all`;
      made.ariaPressed = String(!hidden.includes(group));
      swatch.style.background = colour;
      swatch.dataset.mark = MARKS[mark];
      text.textContent = name;
      number.textContent = whole(count);
      only.ariaLabel = `Only ${name}`;
    });
    this.#find();
  }

  /** Whether only what was searched is listed. */
  get isSearching(): boolean {
    return this.#search.value.trim() !== "";
  }

  /**
   * Use several columns where one is too high, and let the list end after a whole row where it scrolls. Returns
   * whether all entries are seen, with their whole names.
   */
  fit(): boolean {
    const list = this.#list;
    list.style.maxHeight = list.style.minHeight = "";
    list.classList.remove("vw-in-columns");
    // Set before anything is read, so that the browser lays out one column once.
    list.classList.toggle("vw-measured", !this.#isMeasured);
    const row = this.#rows[0]?.offsetHeight;
    if (!row) {
      list.classList.remove("vw-measured");
      return true;
    }
    const isWhole = () => list.scrollHeight <= list.clientHeight;
    const fitsInOneColumn = isWhole();
    if (!this.#isMeasured) this.#measure();
    list.classList.toggle("vw-in-columns", !fitsInOneColumn);
    const areSeen = isWhole();
    if (!areSeen) {
      const rows = Math.max(Math.min(FEWEST, this.#rows.length), Math.floor(list.clientHeight / row));
      list.style.maxHeight = list.style.minHeight = `${rows * row}px`;
    }
    const names = [...list.querySelectorAll(".vw-legend-name")];
    return areSeen && names.every(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth);
  }

  /** Give all names one width, and all counts: those of the longest. */
  #measure(): void {
    const list = this.#list;
    const parts = ["name", "count"].map((part) => ({
      part,
      widths: [...list.querySelectorAll<HTMLElement>(`.vw-legend-${part}`)].map((text) => text.offsetWidth),
    }));
    for (const { part, widths } of parts) list.style.setProperty(`--vw-${part}`, `${Math.max(...widths) + 1}px`);
    list.classList.remove("vw-measured");
    this.#isMeasured = true;
  }

  #build(count: number): void {
    this.#rows = Array.from({ length: count }, (_, i) => {
      const row = element("div", "vw-legend-row");
      const made = element("button", "vw-legend-class");
      made.type = "button";
      for (const part of ["vw-swatch", "vw-legend-name", "vw-legend-count"]) {
        made.append(element("span", part));
      }
      made.addEventListener("click", (event) =>
        event.shiftKey || event.altKey ? this.#only(i) : this.#toggle(i),
      );
      made.addEventListener("dblclick", () => this.#only(i));
      const only = button("only", "Show only this, and all again the second time (O)", () => this.#only(i));
      only.tabIndex = -1; // its key is O
      row.append(made, only);
      return row;
    });
    this.#list.replaceChildren(...this.#rows);
  }

  #found(): Entry[] {
    const wanted = this.#search.value.trim().toLowerCase();
    return this.#entries.filter(({ name }) => name.toLowerCase().includes(wanted));
  }

  #find(): void {
    const { style } = this.#list;
    // Nothing around the list moves while something is searched.
    if (!this.isSearching) style.height = "";
    else if (!style.height) style.height = `${this.#list.offsetHeight}px`;
    const found = new Set(this.#found());
    this.#entries.forEach((entry, i) => this.#rows[i].classList.toggle("vw-not-found", !found.has(entry)));
    this.#search.ariaInvalid = String(!found.size);
  }

  #toggle(at: number): void {
    const hidden = this.#hidden;
    const { group } = this.#entries[at];
    const others = hidden.filter((other) => other !== group);
    this.#changed(hidden.includes(group) ? others : [...hidden, group]);
  }

  /** Show only this group; the second time, show all again. */
  #only(at: number): void {
    this.#showOnly([this.#entries[at]]);
  }

  #showOnly(some: Entry[]): void {
    if (!some.length) return;
    const others = this.#entries.filter((entry) => !some.includes(entry)).map(({ group }) => group);
    const hidden = new Set(this.#hidden);
    const already = hidden.size === others.length && others.every((other) => hidden.has(other));
    this.#changed(already ? [] : others);
  }
}
