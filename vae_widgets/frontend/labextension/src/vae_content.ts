/** What a `.vae` document shows: the viewer, and whether the file on the disk is still the one that was read. */

import type { DocumentRegistry } from "@jupyterlab/docregistry";
import type { TranslationBundle } from "@jupyterlab/translation";
import { Widget } from "@lumino/widgets";
import type { Viewer } from "../../src/vae_file/viewer.ts";

/** While the viewer is seen, the disk is looked at as often as by the file browser, in ms. */
const LOOK = 10_000;

/** What is used of the context of a document. */
export type FileContext = Pick<DocumentRegistry.IContext<DocumentRegistry.IModel>, "contentsModel" | "path" | "ready" | "revert"> & {
  model: Pick<DocumentRegistry.IModel, "contentChanged" | "toString">;
};

export class VaeContent extends Widget {
  readonly #context: FileContext;
  readonly #trans: Pick<TranslationBundle, "__">;
  readonly #lastModified: (path: string) => Promise<string | null>;
  readonly #timer: ReturnType<typeof setInterval>;
  #viewer: Promise<Viewer> | null = null;

  /** `lastModified`: when a file was last changed on the disk; null if there is none. */
  constructor(
    context: FileContext,
    trans: Pick<TranslationBundle, "__">,
    lastModified: (path: string) => Promise<string | null>,
    look = LOOK,
  ) {
    super();
    this.addClass("vw-file-scroll");
    this.node.tabIndex = -1; // so that it can be scrolled by keys
    this.#context = context;
    this.#trans = trans;
    this.#lastModified = lastModified;
    this.#timer = setInterval(() => void this.#look(), look);
    void context.ready.then(() => {
      if (this.isDisposed) return;
      this.#show();
      // With its receiver, so that a viewer that was closed does not go on to show a file which another viewer has open.
      context.model.contentChanged.connect(this.#show, this);
    });
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#close();
    super.dispose();
  }

  protected onAfterShow(): void {
    void this.#look();
  }

  #show(): void {
    this.#close();
    const bytes = bytesOf(this.#context.model.toString());
    this.#viewer = import("../../src/vae_file/viewer.ts")
      .then(({ mountViewer }) => mountViewer(this.node, bytes))
      .catch((error: unknown) => this.#refuse(error));
  }

  /** Say so if the file was deleted, or replaced by another one. The viewer goes on with what was read. */
  async #look(): Promise<void> {
    const shown = this.#viewer;
    if (!shown || !this.isVisible || document.hidden) return;
    const { path } = this.#context;
    const found = await this.#lastModified(path).catch(() => undefined);
    if (found === undefined) return; // the server cannot be reached: JupyterLab says so
    const viewer = await shown;
    if (this.#viewer !== shown || this.#context.path !== path) return;
    const trans = this.#trans;
    if (found === null) {
      viewer.notify(trans.__("This file is no longer on the disk. What was read of it before is shown."));
    } else if (found !== this.#context.contentsModel?.last_modified) {
      viewer.notify(trans.__("This file has changed on the disk since it was read."), {
        label: trans.__("Show the New File"),
        hint: trans.__("Read the file again"),
        run: () => void this.#readAgain(),
      });
    } else viewer.notify("");
  }

  async #readAgain(): Promise<void> {
    await this.#context.revert().catch(() => {}); // JupyterLab says why
    await this.#look();
  }

  /** The server no longer has the viewer's code, or cannot be reached. Its style is missing, too. */
  #refuse(error: unknown): Viewer {
    const message = document.createElement("p");
    message.role = "alert";
    message.style.margin = "16px";
    message.textContent = this.#trans.__(
      "The viewer could not be loaded. Reload the page of JupyterLab; after an update of vae_widgets, restart JupyterLab first. (%1)",
      error instanceof Error ? error.message : String(error),
    );
    this.node.append(message);
    return { notify: () => {}, dispose: () => message.remove() };
  }

  #close(): void {
    void this.#viewer?.then((viewer) => viewer.dispose());
    this.#viewer = null;
  }
}

function bytesOf(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
