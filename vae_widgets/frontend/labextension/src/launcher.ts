/** The section "VAE" of the launcher, and its commands in the palette. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette, showErrorMessage } from "@jupyterlab/apputils";
import { PathExt } from "@jupyterlab/coreutils";
import { IDefaultFileBrowser } from "@jupyterlab/filebrowser";
import { ILauncher } from "@jupyterlab/launcher";
import { ITranslator, nullTranslator, type TranslationBundle } from "@jupyterlab/translation";
import { LabIcon } from "@jupyterlab/ui-components";
import { copyOf, freeName, pythonKernel } from "./copies.ts";
import { notebooks, type Notebook } from "./notebooks.ts";

/** Arguments of each command. */
interface Arguments {
  /** Whether the palette shows the command: there, its label says what it belongs to. */
  isPalette?: boolean;
  /** The folder of the copy; by default that of the file browser. */
  cwd?: string;
  /** A file for the cell that names one. The copy is beside it. */
  path?: string;
}

const DESCRIPTION = {
  args: {
    type: "object",
    properties: {
      cwd: { type: "string", description: "Folder of the copy; by default that of the file browser" },
      path: { type: "string", description: "A .vae file that the notebook reads; the copy is beside it" },
    },
  },
};

export const launcherPlugin: JupyterFrontEndPlugin<void> = {
  id: "vae-widgets:launcher",
  description: "Opens notebooks about variational autoencoders from the launcher and the palette.",
  autoStart: true,
  optional: [ITranslator, ILauncher, ICommandPalette, IDefaultFileBrowser],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null,
    launcher: ILauncher | null,
    palette: ICommandPalette | null,
    browser: IDefaultFileBrowser | null,
  ) => {
    const trans = (translator ?? nullTranslator).load("vae_widgets");
    const category = trans.__("VAE");
    const copies = new Copies(app, trans);
    notebooks(trans).forEach((notebook, rank) => {
      const command = `vae-widgets:${notebook.id}`;
      app.commands.addCommand(command, {
        label: ({ isPalette }: Arguments) =>
          isPalette ? trans.__("VAE: %1", notebook.label) : notebook.label,
        caption: notebook.caption,
        icon: new LabIcon({ name: `vae-widgets:${notebook.id}`, svgstr: notebook.icon }),
        describedBy: DESCRIPTION,
        execute: ({ cwd, path }: Arguments) => {
          const folder = path === undefined ? (cwd ?? browser?.model.path ?? "") : PathExt.dirname(path);
          return copies.open(notebook, folder, path && PathExt.basename(path));
        },
      });
      launcher?.add({ command, category, rank });
      palette?.addItem({ command, category, args: { isPalette: true } });
    });
  },
};

class Copies {
  readonly #app: JupyterFrontEnd;
  readonly #trans: TranslationBundle;
  /** The copy before: two at the same time would find the same name free. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(app: JupyterFrontEnd, trans: TranslationBundle) {
    this.#app = app;
    this.#trans = trans;
  }

  /** Copy a notebook into a folder and open it with its kernel started; returns its widget. */
  async open(notebook: Notebook, folder: string, file?: string): Promise<unknown> {
    try {
      const copy = this.#last.then(() => this.#save(notebook, folder, file));
      this.#last = copy.catch(() => {});
      const { path, kernel } = await copy;
      return await this.#app.commands.execute("docmanager:open", { path, factory: "Notebook", kernel });
    } catch (error) {
      await showErrorMessage(
        this.#trans.__("The notebook %1 could not be opened", notebook.label),
        error instanceof Error ? error : String(error),
      );
      return null;
    }
  }

  async #save({ load, fileName }: Notebook, folder: string, file?: string) {
    const { contents, kernelspecs } = this.#app.serviceManager;
    await kernelspecs.ready;
    const kernel = pythonKernel(kernelspecs.specs as Parameters<typeof pythonKernel>[0]);
    if (!kernel) throw new Error(this.#trans.__("No kernel for Python is installed. Install ipykernel."));
    const [{ default: template }, listed] = await Promise.all([load(), contents.get(folder)]);
    const names = (listed.content as { name: string }[]).map(({ name }) => name);
    const path = PathExt.join(folder, freeName(names, fileName, ".ipynb"));
    const content = copyOf(template, kernel, file);
    await contents.save(path, { type: "notebook", format: "json", content });
    return { path, kernel: { name: kernel.name } };
  }
}
