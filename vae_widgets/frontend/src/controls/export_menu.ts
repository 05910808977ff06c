/** The menu "Export" of a widget: files that the browser saves, also without a kernel. */

import { pictureOf } from "../canvas/picture.ts";
import { csvParts, type Column } from "../format/csv.ts";
import { sentence } from "../format/sentence.ts";
import { onKey } from "./keys.ts";
import { button, element } from "./shell.ts";

/** An entry of the menu. */
export interface ExportedFile {
  label: string;
  hint: string;
  /** The name of the file. */
  name: string;
  make(): Blob | Promise<Blob>;
  /** What the file that was made last lacks, in a sentence; "" for nothing. */
  lacks?(): string;
}

/** `root` as it is seen, without its controls. */
export function pictureFile(name: string, root: HTMLElement): ExportedFile {
  return {
    label: "Picture (PNG)",
    hint: "Save what is seen as a picture",
    name: `${name}.png`,
    make: () => pictureOf(root),
  };
}

/** A table, read when the entry is chosen. */
export function dataFile(name: string, hint: string, columns: () => Column[] | Promise<Column[]>): ExportedFile {
  return {
    label: "Data (CSV)",
    hint,
    name: `${name}.csv`,
    make: async () => new Blob(csvParts(await columns()), { type: "text/csv;charset=utf-8" }),
  };
}

/** A button that opens the entries below it. It goes to the end of the title row. */
export function exportMenu(files: ExportedFile[], setStatus: (text: string) => void): HTMLElement {
  const root = element("div", "vw-menu");
  const list = element("div", "vw-menu-list");
  const opener = button("Export", "Save a picture or data from this page (Esc closes)", () =>
    show(Boolean(list.hidden)),
  );
  const show = (open: boolean) => {
    list.hidden = !open;
    opener.ariaExpanded = String(open);
    if (open) (list.firstChild as HTMLElement).focus();
  };
  const save = async ({ name, make, lacks }: ExportedFile) => {
    show(false); // the focus leaves the entry (keys.ts)
    setStatus(`Saving ${name}.`);
    try {
      saveFile(name, await make());
      setStatus([`Saved as ${name}.`, lacks?.()].filter(Boolean).join(" "));
    } catch (error) {
      setStatus(`Not saved: ${sentence((error as Error).message)}`);
    }
  };
  list.role = "group";
  list.ariaLabel = "Export";
  list.append(...files.map((file) => button(file.label, file.hint, () => void save(file))));
  onKey(root, (key) => {
    if (key !== "Escape" || list.hidden) return false;
    opener.focus();
    show(false);
    return true;
  });
  root.addEventListener("focusout", ({ relatedTarget }) => {
    if (!root.contains(relatedTarget as Node | null)) show(false);
  });
  root.append(opener, list);
  show(false);
  return root;
}

/** Have the browser save a file. */
export function saveFile(name: string, data: Blob): void {
  const link = element("a");
  link.href = URL.createObjectURL(data);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // some browsers read it later
}
