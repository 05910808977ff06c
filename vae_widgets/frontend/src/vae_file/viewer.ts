/**
 * Shows a `.vae` file without Python: what it is, the codes that it carries, and its model, which decodes and encodes
 * in the page. It is put together from the modules of the widgets and the stand-ins of exported pages.
 */

import "./viewer.css";
import { onResize } from "../canvas/resize.ts";
import { button, element } from "../controls/shell.ts";
import { BadFileError } from "./errors.ts";
import { readContents, type VaeContents } from "./contents.ts";
import { summaryOf, titleOf } from "./summary.ts";
import { ModelView } from "./model_view.ts";
import { showCurves } from "./curves.ts";

/** From this width on, in CSS pixels, facts stand in two columns. */
const WIDE = 880;

/** What the viewer asks of the application around it. */
export interface ViewerHost {
  /** Open a notebook with the model; the viewer has no button for it where this is missing. */
  openInNotebook?: () => void;
}

export interface Viewer {
  /** Say something about the file above all else, with a button; "" takes it away. */
  notify(text: string, action?: { label: string; hint: string; run: () => void }): void;
  /** Take the viewer out of the page. */
  dispose(): void;
}

/** Show a file in an element. A file that cannot be shown is a message there; it never rejects. */
export async function mountViewer(
  parent: HTMLElement,
  bytes: Uint8Array,
  host: ViewerHost = {},
): Promise<Viewer> {
  const root = element("div", "vw-file vw-colors");
  const notice = element("div", "vw-file-notice");
  notice.role = "status";
  root.append(notice);
  parent.append(root);
  const stop = onResize(root, (width) => root.classList.toggle("vw-file-wide", width >= WIDE));
  const closing: (() => void)[] = [stop, () => root.remove()];
  try {
    const contents = await readContents(bytes);
    await show(root, contents, host, closing);
  } catch (error) {
    root.replaceChildren(notice, refusal(error));
  }
  return {
    notify(text, action) {
      if (notice.dataset.text === text) return; // a screen reader need not read it again
      notice.dataset.text = text;
      notice.replaceChildren(text, ...(action ? [button(action.label, action.hint, action.run)] : []));
    },
    dispose: () => closing.reverse().forEach((close) => close()),
  };
}

/** `closing` gets what takes the parts out of the page again. */
async function show(
  root: HTMLElement,
  contents: VaeContents,
  host: ViewerHost,
  closing: (() => void)[],
): Promise<void> {
  const header = element("header", "vw-file-header");
  header.append(element("h1", "", titleOf(contents)));
  if (host.openInNotebook) {
    header.append(
      button("Open in notebook", "Open a new notebook that loads this model", host.openInNotebook),
    );
  }
  root.append(header, summaryOf(contents));
  const body = element("div");
  root.append(body);
  closing.push(showCurves(root, contents.history));
  let view = await ModelView.show(body, contents, 0);
  closing.push(() => view.close());
  const { nLabels } = contents.facts;
  if (!nLabels) return;
  const choice = labelChoice(nLabels, async (label) => {
    view.close();
    body.replaceChildren();
    view = await ModelView.show(body, contents, label);
  });
  header.append(choice);
}

/** Which label a conditional model gets. */
function labelChoice(count: number, choose: (label: number) => Promise<void>): HTMLElement {
  const field = element("label", "vw-field", "Label ");
  const input = element("input", "vw-input");
  Object.assign(input, { type: "number", min: "0", max: String(count - 1), step: "1", value: "0" });
  input.addEventListener("change", () => {
    const label = Math.min(count - 1, Math.max(0, Math.round(input.valueAsNumber) || 0));
    input.value = String(label);
    input.disabled = true; // until it is there
    void choose(label).finally(() => (input.disabled = false));
  });
  field.append(input);
  return field;
}

function refusal(error: unknown): HTMLElement {
  const made = element("div", "vw-file-refused");
  made.role = "alert";
  const why = error instanceof Error ? error.message : String(error);
  const known = error instanceof BadFileError;
  made.append(
    element("p", "vw-name", "This file cannot be shown."),
    element("p", "", known ? why : `An unexpected error: ${why}`),
    element("p", "vw-file-hint", "Nothing in it was run."),
  );
  return made;
}
