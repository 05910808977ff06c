/** Opens `.vae` files on a double click, in a viewer without a kernel. */

import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ToolbarButton, WidgetTracker } from "@jupyterlab/apputils";
import { ABCWidgetFactory, type DocumentRegistry, DocumentWidget } from "@jupyterlab/docregistry";
import { ITranslator, nullTranslator, type TranslationBundle } from "@jupyterlab/translation";
import { LabIcon } from "@jupyterlab/ui-components";
import { Widget } from "@lumino/widgets";
import type { Viewer } from "../../src/vae_file/viewer.ts";
import fileIcon from "../icons/vae_file.svg";

const FILE_TYPE = "vae";
const FACTORY = "VAE Viewer";

type Context = DocumentRegistry.IContext<DocumentRegistry.IModel>;

export const vaeFilesPlugin: JupyterFrontEndPlugin<void> = {
  id: "vae-widgets:files",
  description: "Opens .vae files in a viewer without a kernel.",
  autoStart: true,
  optional: [ITranslator, ILayoutRestorer],
  activate: (app: JupyterFrontEnd, translator: ITranslator | null, restorer: ILayoutRestorer | null) => {
    const trans = (translator ?? nullTranslator).load("vae_widgets");
    const icon = new LabIcon({ name: "vae-widgets:file", svgstr: fileIcon });
    app.docRegistry.addFileType({
      name: FILE_TYPE,
      displayName: trans.__("VAE Model"),
      extensions: [".vae"],
      mimeTypes: ["application/x-vae"],
      contentType: "file",
      fileFormat: "base64",
      icon,
    });
    const factory = new VaeFactory(app, trans);
    const tracker = new WidgetTracker<VaeDocument>({ namespace: "vae-widgets-files" });
    void restorer?.restore(tracker, {
      command: "docmanager:open",
      args: ({ context }) => ({ path: context.path, factory: FACTORY }),
      name: ({ context }) => context.path,
    });
    factory.widgetCreated.connect((_, widget) => {
      widget.title.icon = icon;
      widget.context.pathChanged.connect(() => void tracker.save(widget));
      void tracker.add(widget);
    });
    app.docRegistry.addWidgetFactory(factory);
  },
};

class VaeFactory extends ABCWidgetFactory<VaeDocument> {
  readonly #app: JupyterFrontEnd;
  readonly #trans: TranslationBundle;

  constructor(app: JupyterFrontEnd, trans: TranslationBundle) {
    super({
      name: FACTORY,
      label: trans.__("VAE Viewer"),
      modelName: "base64",
      fileTypes: [FILE_TYPE],
      defaultFor: [FILE_TYPE],
      readOnly: true,
    });
    this.#app = app;
    this.#trans = trans;
  }

  protected createNewWidget(context: Context): VaeDocument {
    const trans = this.#trans;
    const widget = new DocumentWidget({ context, content: new VaeContent(context, trans) });
    widget.toolbar.addItem(
      "open-in-notebook",
      new ToolbarButton({
        label: trans.__("Open in Notebook"),
        tooltip: trans.__("Open a new notebook beside this file, which loads the model and shows it"),
        onClick: () => void openInNotebook(this.#app, context.path),
      }),
    );
    return widget;
  }
}

type VaeDocument = DocumentWidget<VaeContent>;

/** Shows the content of a file, and another one when it has changed on the disk. */
class VaeContent extends Widget {
  readonly #context: Context;
  readonly #trans: TranslationBundle;
  #viewer: Promise<Viewer> | null = null;

  constructor(context: Context, trans: TranslationBundle) {
    super();
    this.addClass("vw-file-scroll");
    this.node.tabIndex = -1; // so that it can be scrolled by keys
    this.#context = context;
    this.#trans = trans;
    void context.ready.then(() => {
      if (this.isDisposed) return;
      this.#show();
      // With its receiver, so that a viewer that was closed does not go on to show a file which another viewer has open.
      context.model.contentChanged.connect(this.#show, this);
    });
  }

  dispose(): void {
    this.#close();
    super.dispose();
  }

  #show(): void {
    this.#close();
    const bytes = bytesOf(this.#context.model.toString());
    this.#viewer = import("../../src/vae_file/viewer.ts")
      .then(({ mountViewer }) => mountViewer(this.node, bytes))
      .catch((error: unknown) => this.#refuse(error));
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
    return { dispose: () => message.remove() };
  }

  #close(): void {
    void this.#viewer?.then((viewer) => viewer.dispose());
    this.#viewer = null;
  }
}

/** Open a notebook that loads a model and shows it, and run its cells. */
async function openInNotebook({ commands }: JupyterFrontEnd, path: string): Promise<void> {
  const panel = (await commands.execute("vae-widgets:explore", { path })) as NotebookPanel | null;
  if (!panel) return; // the command has said why
  await panel.sessionContext.ready;
  await commands.execute("notebook:run-all-cells");
}

/** What is used of a notebook. */
interface NotebookPanel {
  sessionContext: { ready: Promise<void> };
}

function bytesOf(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
