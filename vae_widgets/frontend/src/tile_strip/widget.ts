/** Rows of tiles with captions. Where `selectable` is set, a click selects a tile. */

import "../controls/shell.css";
import "../controls/tiles.css";
import { element, mount } from "../controls/shell.ts";
import { onResize } from "../canvas/resize.ts";
import { KernelNotice } from "../controls/kernel_notice.ts";
import { frontEndModule, type View } from "../kernel/front_end_module.ts";
import { listen } from "../kernel/listen.ts";
import { setAndPush } from "../kernel/sync.ts";
import { Tiles, type WireAtlas } from "../kernel/atlas.ts";

interface Content {
  atlas: WireAtlas;
  columns: number;
  names: string[];
  captions: string[];
  marks: string[];
  /** The meaning of the values of a tile. */
  note?: string;
}

interface State {
  title: string;
  placeholder: string;
  selected: number;
  selectable: boolean;
  _content: Partial<Content>;
}

/** Between two tiles, as in tiles.css. */
const GAP = 4;

function render({ model, el }: View<State>) {
  const root = element("div", "vw-widget vw-strip");
  const title = element("div", "vw-name");
  const name = element("span");
  const note = element("span", "vw-strip-note");
  title.append(name, note);
  const placeholder = element("div", "vw-strip-placeholder");
  const grid = element("div", "vw-strip-grid");
  const notice = new KernelNotice(model);
  root.append(title, placeholder, grid, notice.root);
  mount(el, root);

  let tiles: HTMLElement[] = [];
  let shown = ""; // the structure in the page: it is rebuilt only when this changes
  let latest = 0;

  const select = (index: number) => setAndPush(model, { selected: index });

  const build = (content: Content, sheet: Tiles) => {
    const { columns, names, atlas, captions } = content;
    grid.replaceChildren();
    grid.classList.toggle("vw-strip-named", names.length > 0);
    let row = grid;
    tiles = Array.from({ length: atlas.count }, (_, index) => {
      if (index % columns === 0) {
        if (names.length) grid.append(element("div", "vw-strip-name", names[index / columns]));
        grid.append((row = element("div", "vw-strip-row")));
      }
      const selectable = model.get("selectable");
      const tile = element(selectable ? "button" : "div", "vw-tile");
      if (selectable) tile.addEventListener("click", () => select(index));
      const canvas = element("canvas", "vw-tile-picture");
      canvas.width = atlas.tile_width;
      canvas.height = atlas.tile_height;
      canvas.style.imageRendering = sheet.imageRendering;
      tile.append(canvas);
      if (captions.length) tile.append(element("span", "vw-tile-caption"));
      row.append(tile);
      return tile;
    });
  };

  /** Break rows that do not fit into lines: those that stand beside their names into ones of about equal length. */
  const breakRows = () => {
    const row = grid.lastElementChild?.clientWidth ?? 0;
    if (!row) return;
    const least = parseFloat(getComputedStyle(tiles[0]).minWidth);
    const fitting = Math.max(1, Math.floor((row + GAP) / (least + GAP)));
    const { columns, names } = model.get("_content") as Content;
    const lines = Math.ceil(columns / fitting);
    grid.style.setProperty("--vw-columns", String(names.length ? Math.ceil(columns / lines) : fitting));
  };

  const mark = () => {
    const selected = model.get("selected");
    tiles.forEach((tile, i) => tile.classList.toggle("vw-tile-selected", i === selected));
  };

  const update = async () => {
    name.textContent = model.get("title");
    const content = model.get("_content");
    note.textContent = content.note ?? "";
    title.hidden = !title.textContent;
    const count = content.atlas?.count ?? 0;
    placeholder.textContent = model.get("placeholder");
    placeholder.hidden = count > 0 || !placeholder.textContent;
    grid.hidden = count === 0;
    const mine = ++latest;
    if (!count) return;
    const { atlas, columns, names, captions, marks } = content as Content;
    const sheet = await Tiles.load(atlas);
    if (mine !== latest) return sheet.close();
    const structure = JSON.stringify([
      [count, columns, atlas.tile_width, atlas.tile_height],
      names,
      captions.length,
      model.get("selectable"),
    ]);
    if (structure !== shown) build(content as Content, sheet);
    shown = structure;
    grid.style.setProperty("--vw-letters", String(Math.max(0, ...captions.map((text) => text.length))));
    tiles.forEach((tile, i) => {
      const context = tile.querySelector("canvas")!.getContext("2d")!;
      context.clearRect(0, 0, sheet.width, sheet.height);
      sheet.draw(context, i, 0, 0, sheet.width, sheet.height);
      const row = names[Math.floor(i / columns)] ?? "";
      const text = captions[i] ?? "";
      tile.hidden = captions.length > 0 && !text; // a row with fewer samples takes fewer lines
      const caption = tile.querySelector("span");
      if (caption) {
        caption.textContent = text;
        caption.dataset.mark = marks[i] ?? "";
      }
      const label = [row, text || `${(i % columns) + 1} of ${columns}`].filter(Boolean).join(", ");
      tile.ariaLabel = label;
      tile.title = label;
    });
    mark();
    breakRows();
    sheet.close();
  };

  const stop = listen(model, {
    title: update,
    placeholder: update,
    selectable: update,
    _content: update,
    selected: mark,
  });
  void update();
  onResize(grid, breakRows);
  return () => {
    latest++;
    stop();
    notice.close();
    root.remove();
  };
}

export default frontEndModule(render);
