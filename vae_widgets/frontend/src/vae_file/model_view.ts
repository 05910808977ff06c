/** The model of a file in the page: scatter, slider, and a sample of one's own. */

import { modelOf } from "../codec/carried_models.ts";
import { element } from "../controls/shell.ts";
import { Decoder } from "../page_kernel/decoder.ts";
import type { Parts } from "../page_kernel/parts.ts";
import { SamplePictures } from "../page_kernel/pictures.ts";
import { ScatterKernel } from "../page_kernel/scatter.ts";
import { SliderKernel } from "../page_kernel/slider.ts";
import { OwnSamplePanel } from "../own_sample/panel.ts";
import { Tiles, type WireAtlas } from "../kernel/atlas.ts";
import slider from "../interpolation_slider/widget.ts";
import scatter from "../latent_scatter/widget.ts";
import { loadModel, type InPageModel } from "../model/in_page_model.ts";
import { twinOf } from "../rendering/twins.ts";
import { BadFileError } from "./errors.ts";
import type { VaeContents } from "./contents.ts";
import { guarded } from "./guarded_model.ts";
import { priorDraws } from "./prior_draws.ts";
import { scoringOf } from "./score.ts";
import { WidgetModels, type Shown } from "./widget_models.ts";

/** The number of points that stand for the prior, where a file has no codes. */
const DRAWS = 100;
/** More latent dimensions are not drawn: the planes of a scatter take memory that grows with their square. */
const MOST_DIMENSIONS = 1024;
/** Of the codes among which the other end of the first path is chosen. */
const ENDS_COMPARED = 100;

export class ModelView {
  readonly #closing: (() => void)[] = [];
  #closed = false;

  private constructor() {}

  /**
   * Show the model in an element, a conditional one with a label. Rejects with a `BadFileError` if it is not that of
   * the manifest.
   */
  static async show(parent: HTMLElement, contents: VaeContents, label: number): Promise<ModelView> {
    const view = new ModelView();
    const { facts, renderer } = contents;
    const oneHot =
      facts.nLabels === null
        ? null
        : Array.from({ length: facts.nLabels }, (_, i) => Number(i === label));
    const name = `file ${Math.random()}`; // no other model of the page has it
    const model = await modelFrom(parent, name, contents, oneHot);
    const twin = twinOf(renderer, facts.sampleShape);
    const drawn = model && twin ? new Decoder(model, twin) : null;
    if (facts.latentDim > MOST_DIMENSIONS || !(contents.codes || drawn)) {
      say(parent, "Python alone can show this model: open it in a notebook.");
      return view;
    }
    let { codes, tiles } = contents;
    if (tiles) await checkPicture(tiles);
    if (!codes) {
      say(parent, `The file carries no codes: the points are ${DRAWS} draws from the prior N(0, I), decoded.`);
      codes = { count: DRAWS, means: priorDraws(DRAWS, facts.latentDim), logVars: null };
      tiles = await drawn!.pictures(codes.means);
    }
    const { classes, classNames } = contents;
    const { latentDim } = facts;
    const shown: Shown = { model: drawn ? name : "", renderer, codes, latentDim, classes, classNames, tiles };
    const scoring = await scoringOf(contents, oneHot);
    const ownSample = (kernel: ScatterKernel) => new OwnSamplePanel(kernel, scoring, contents.preprocess);
    await view.#show(parent, shown, model, drawn, facts.sampleShape, ownSample);
    return view;
  }

  close(): void {
    this.#closed = true;
    for (const close of this.#closing.reverse()) close();
  }

  async #show(
    parent: HTMLElement,
    shown: Shown,
    model: InPageModel | null,
    decoder: Decoder | null,
    shape: number[],
    ownSample: (kernel: ScatterKernel) => OwnSamplePanel,
  ): Promise<void> {
    const models = new WidgetModels();
    const pictures = new SamplePictures(
      { samples: null, renderer: shown.renderer, atlas: shown.tiles, shape },
      [],
    );
    const parts: Parts = {
      model: (id) => models.all.get(id.replace("IPY_MODEL_", "")) ?? null,
      pictures: () => pictures,
      inPageModel: () => model,
      decoder: () => decoder,
    };
    const scatterModel = models.addScatter(shown);
    const path = decoder && models.addSlider(shown, ...endsOf(shown));
    const kernel = new ScatterKernel(scatterModel, parts);
    const places = ["section", "section", "section"].map(() => element("section"));
    parent.append(...places);
    this.#closing.push(scatter.render({ model: scatterModel.view, el: places[0] }));
    if (decoder) kernel.pick(0);
    if (kernel.encoder) {
      const panel = ownSample(kernel);
      places[2].append(panel.root);
      this.#closing.push(() => panel.close());
    }
    if (!path) return;
    await new SliderKernel(path, parts, kernel).film();
    if (!this.#closed) this.#closing.push(slider.render({ model: path.view, el: places[1] }));
  }
}

/** The model, or null with a line that says why it does not run here. */
async function modelFrom(
  parent: HTMLElement,
  name: string,
  contents: VaeContents,
  label: number[] | null,
): Promise<InPageModel | null> {
  const { facts, decoder, encoder } = contents;
  const source = { decoder, encoder, ...(label ? { label } : {}) };
  let model: InPageModel;
  try {
    const fails = (why: string) => say(parent, `The model fails to decode some latent vectors: ${why}.`);
    model = await modelOf(
      name,
      async () => source,
      async (given) => guarded(await loadModel(given), fails),
    );
  } catch (error) {
    say(parent, `The model does not run in the page: ${(error as Error).message} A notebook can run it.`);
    return null;
  }
  if (model.latentDim !== facts.latentDim || `${model.sampleShape}` !== `${facts.sampleShape}`) {
    throw new BadFileError(
      `Part 'decoder.onnx' maps ${model.latentDim} numbers to samples of ${model.sampleShape.join(" x ")}; the manifest says ` +
        `${facts.latentDim} and ${facts.sampleShape.join(" x ")}.`,
    );
  }
  return model;
}

/** Let the browser read the picture once, which says more of it than its header. */
async function checkPicture(tiles: WireAtlas): Promise<void> {
  try {
    (await Tiles.load(tiles)).close();
  } catch {
    throw new BadFileError("Part 'tiles.png' is damaged: it is no picture that the browser can read.");
  }
}

/** The first sample, and one with a code that is far from its own. */
function endsOf({ codes, latentDim }: Shown): [number, number] {
  const { means, count } = codes;
  const step = Math.max(1, Math.floor(count / ENDS_COMPARED));
  let [farthest, most] = [0, -1];
  for (let row = 0; row < count; row += step) {
    let squared = 0;
    for (let j = 0; j < latentDim; j++) squared += (means[row * latentDim + j] - means[j]) ** 2;
    if (squared > most) [farthest, most] = [row, squared];
  }
  return [0, farthest];
}

function say(parent: HTMLElement, text: string): void {
  const made = element("p", "vw-file-note", text);
  made.role = "status";
  parent.append(made);
}
