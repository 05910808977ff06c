/** The start of an exported page (widgets/exported_page/): widgets without a kernel. */

import "./page.css";
import { CONTROLS, type PartsOfPage } from "../boxes/boxes.ts";
import { showAt } from "../canvas/scale.ts";
import { modelOf } from "../codec/carried_models.ts";
import { element } from "../controls/shell.ts";
import { readArray } from "../kernel/arrays.ts";
import type { InPageModel, loadModel, ModelSource } from "../model/in_page_model.ts";
import { OwnSamplePanel } from "../own_sample/panel.ts";
import { Buffers, parsePage, type PageData } from "../page_kernel/data.ts";
import { startKernel, type PageKernel } from "../page_kernel/page_kernel.ts";
import { PageModel } from "../page_kernel/page_model.ts";
import { IN_FRAME, themeButton } from "./theme.ts";

interface Module {
  render(context: { model: unknown; el: HTMLElement; signal: AbortSignal }): unknown;
}

/** What the modules of the page export, those of widgets by their numbers (document.py). */
declare const vaeWidgetsModules: Record<number, { default: Module }> & {
  in_page_model: { loadModel: typeof loadModel };
};

async function open(root: HTMLElement): Promise<void> {
  const header = element("header", "vw-page-header");
  const heading = element("h1");
  header.append(heading, themeButton());
  header.hidden = IN_FRAME;
  const problems = element("div", "vw-page-problems");
  problems.role = "alert";
  const body = element("div", "vw-page-body");
  root.append(header, problems, body);
  const say = (text: string) => problems.append(element("p", "", text));
  let data: PageData;
  try {
    data = parsePage(document.getElementById("vw-data")?.textContent ?? "");
  } catch (error) {
    return say(message(error));
  }
  document.title = heading.textContent = data.title;
  showAt(data.scale ?? 1);
  const { models, encoding } = await readModels(data, say);
  partsOf(models).show(models.get(data.root)!, body, new AbortController().signal);
  if (encoding) root.append(new OwnSamplePanel(encoding.scatter, encoding.scoring).root);
}

async function readModels(data: PageData, say: (text: string) => void): Promise<{ models: Map<string, PageModel>; encoding: PageKernel["encoding"] }> {
  const buffers = new Buffers(data.buffers);
  const models = new Map<string, PageModel>();
  for (const [id, carried] of Object.entries(data.models)) models.set(id, new PageModel(id, carried, models));
  const damaged = new Set<string>();
  await Promise.all(
    Object.entries(data.models).map(async ([id, { state, own, kinds }]) => {
      try {
        models.get(id)!.begin(await buffers.fill(state), await buffers.fill(own));
      } catch (error) {
        damaged.add(`${kinds[0]} cannot be shown. ${message(error)}`);
      }
    }),
  );
  const fill = (what: string, values: unknown[]) =>
    Promise.all(
      values.map((value) =>
        buffers.fill(value).catch((error) => {
          damaged.add(`${what} cannot be shown. ${message(error)}`);
          return null;
        }),
      ),
    );
  const carried = {
    samples: await fill("Some samples", data.samples),
    pictures: await fill("The pictures of samples", data.pictures),
    inPageModels: await startModels(await fill("The model", data.codecs), (why) => damaged.add(why)),
  };
  const { problems, encoding } = startKernel(models, carried);
  [...damaged, ...problems].forEach(say);
  return { models, encoding };
}

/** Start the models that the page carries, where its widgets look for them (codec/carried_models.ts). */
async function startModels(codecs: any[], failed: (why: string) => void): Promise<Map<string, InPageModel>> {
  const running = new Map<string, InPageModel>();
  for (const [number, codec] of codecs.entries()) {
    if (!codec) continue;
    const bytes = (view: DataView<ArrayBuffer> | null) => (view ? new Uint8Array(view.buffer) : undefined);
    const { decoder, encoder, label } = codec;
    const source: ModelSource = { decoder: bytes(decoder)!, encoder: bytes(encoder) };
    if (label) source.label = [...readArray(label)];
    const name = `model ${number}`;
    try {
      running.set(name, await modelOf(name, async () => source, vaeWidgetsModules.in_page_model.loadModel));
    } catch (error) {
      failed(`The model of this page does not run: ${message(error)}`);
    }
  }
  return running;
}

function partsOf(models: Map<string, PageModel>): PartsOfPage<PageModel> {
  const page: PartsOfPage<PageModel> = {
    find: async (ref) => models.get(ref.replace("IPY_MODEL_", "")) ?? null,
    click: (model) => model.trigger("click"),
    choose: (model, index) => model.commit({ index }),
    show(model, el, signal) {
      for (const [name, value] of Object.entries(model.layout)) el.style.setProperty(name, value);
      if (!model.own) return void el.append(element("p", "vw-page-damaged", "This part is damaged."));
      if (model.kinds.includes("BootstrapPanel")) return el.remove(); // it needs Python
      el.classList.add(...(model.get("_dom_classes") ?? []));
      const kind = model.kinds.find((name) => Object.hasOwn(CONTROLS, name));
      try {
        if (model.module < 0 && kind) CONTROLS[kind](model, el, signal, page);
        else vaeWidgetsModules[model.module]?.default.render({ model: model.view, el, signal });
      } catch (error) {
        el.replaceChildren(element("p", "vw-page-damaged", `This part cannot be shown: ${message(error)}`));
      }
    },
  };
  return page;
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

void open(document.getElementById("vw-page")!);
