/** Copies of notebooks under names that are free. Nothing here depends on JupyterLab's packages. */

interface Cell {
  cell_type: string;
  source: string | string[];
  metadata: { tags?: string[] };
}

/** The content of a notebook file without outputs. */
export interface Template {
  cells: Cell[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
}

/** A kernel as a notebook file names it. */
export interface KernelSpec {
  name: string;
  display_name: string;
  language: string;
}

/** "Tour.ipynb", or "Tour 1.ipynb" and so on if that is taken: file systems may not tell cases apart. */
export function freeName(taken: Iterable<string>, stem: string, extension: string): string {
  const known = new Set([...taken].map((name) => name.toLowerCase()));
  for (let number = 0; ; number++) {
    const name = `${stem}${number ? ` ${number}` : ""}${extension}`;
    if (!known.has(name.toLowerCase())) return name;
  }
}

/**
 * A copy of a notebook for this kernel. `file` takes the place of the text in quotes in the cell with the
 * tag "parameters".
 */
export function copyOf(template: Template, kernel: KernelSpec, file?: string): Template {
  const copy = structuredClone(template);
  copy.metadata = { ...copy.metadata, kernelspec: kernel };
  const parameters = copy.cells.find((cell) => cell.metadata.tags?.includes("parameters"));
  if (file !== undefined && parameters) {
    // A text of JSON is a text of Python, too.
    parameters.source = [parameters.source].flat().join("").replace(/"[^"]*"/, () => JSON.stringify(file));
  }
  return copy;
}

/** The kernel for Python: JupyterLab's default if that is one, or else the first. */
export function pythonKernel(
  specs: { default: string; kernelspecs: Record<string, KernelSpec | undefined> } | null,
): KernelSpec | undefined {
  const all = specs?.kernelspecs ?? {};
  const candidates = [all[specs?.default ?? ""], ...Object.values(all)];
  const found = candidates.find((spec) => spec?.language.toLowerCase() === "python");
  return found && { name: found.name, display_name: found.display_name, language: found.language };
}
