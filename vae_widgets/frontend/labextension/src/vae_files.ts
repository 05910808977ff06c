/** Opens `.vae` files on a double click, in a viewer without a kernel. */

import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ToolbarButton, WidgetTracker } from "@jupyterlab/apputils";
import { ABCWidgetFactory, type DocumentRegistry, DocumentWidget } from "@jupyterlab/docregistry";
import { ITranslator, nullTranslator, type TranslationBundle } from "@jupyterlab/translation";
import { LabIcon } from "@jupyterlab/ui-components";
import fileIcon from "../icons/vae_file.svg";
import { VaeContent } from "./vae_content.ts";

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
    const { contents } = this.#app.serviceManager;
    const lastModified = async (path: string) => {
      try {
        return (await contents.get(path, { content: false })).last_modified;
      } catch (error) {
        if ((error as { response?: Response }).response?.status === 404) return null;
        throw error;
      }
    };
    const widget = new DocumentWidget({ context, content: new VaeContent(context, trans, lastModified) });
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
