/** The models of the widgets for the codes of a file, as Python would make them. */

import { writeArray } from "../kernel/arrays.ts";
import { PageModel } from "../page_kernel/page_model.ts";
import type { State as ScatterState } from "../latent_scatter/state/model.ts";
import { homeOf, LatentSamples, vector } from "../page_kernel/latent_samples.ts";
import type { RendererSpec } from "../rendering/page_renderer.ts";
import type { WireAtlas } from "../kernel/atlas.ts";
import type { Codes } from "./contents.ts";
import { densityOf } from "./density.ts";
import { planesOf, spreadOf } from "./latent_space.ts";

/** Ids as those of ipywidgets. */
export const SCATTER = "5c".repeat(16);
export const SLIDER = "51".repeat(16);
export const CURVES = "c0".repeat(16);
export const LEGEND = "1e".repeat(16);

const STEPS = 64;
/** Standard deviations around the mean that hold 95 % of a normal distribution. */
const MIDDLE_95 = 1.959964;

/** What is shown in a scatter. */
export interface Shown {
  /** Names the model that runs in the page (codec/carried_models.ts). */
  model: string;
  renderer: RendererSpec;
  codes: Codes;
  latentDim: number;
  classes: Uint32Array | null;
  classNames: string[];
  tiles: WireAtlas | null;
}

/** Adds models of widgets to those that a document has. */
export class WidgetModels {
  readonly all = new Map<string, PageModel>();

  /** A model with traits, and with what Python knows beside them. */
  add(id: string, kind: string, state: object, own: object = {}): PageModel {
    const model = new PageModel(id, { kinds: [kind], module: -1, layout: {}, state: {}, own: {} }, this.all);
    model.begin({ ...state }, own);
    this.all.set(id, model);
    return model;
  }

  /** A LatentScatter (widgets/latent_scatter/). */
  addScatter({ model, renderer, codes, latentDim, classes, classNames, tiles }: Shown): PageModel {
    const wired = writeArray(codes.means, [codes.count, latentDim]);
    const planes = planesOf(codes, latentDim);
    const { scale, limit } = spreadOf(codes, latentDim);
    const { axes, center, dims, origin, directions, prior } = planes.latent;
    const samples = new LatentSamples(wired, planes);
    const positions = samples.positions("latent", dims);
    const home = homeOf(positions);
    const rows = () => writeArray(new Uint32Array());
    const state: Record<keyof ScatterState, unknown> & Record<string, unknown> = {
      selection: rows(),
      flagged: rows(),
      group_a: rows(),
      group_b: rows(),
      hovered: -1,
      picked: vector([]),
      picked_index: -1,
      attribute: vector([]),
      color_by: classes ? "label" : "none",
      quantities: {},
      threshold: null,
      dims,
      projection: "latent",
      slice_at: center,
      view: home,
      mode: "pick",
      grid: false,
      prior: false,
      density: false,
      point_size: null,
      opacity: null,
      bookmarks: {},
      _projections: Object.keys(planes),
      _axes: axes,
      _origin: { data: model, kernel: Math.random().toString(36) },
      _positions: writeArray(positions, [codes.count, 2]),
      _home: home,
      _classes: writeArray(classes ?? new Uint32Array()),
      _class_names: classes ? classNames : [],
      _tiles: tiles ?? {},
      _has_sound: false,
      _range_note: "",
      _hidden: [],
      _hidden_sides: [],
      _prior: prior ? [...samples.plane("latent", dims)!.project(new Float32Array(latentDim))] : [],
      _linear: { projection: "latent", dims, origin, directions },
      _density: {},
      _path: {},
      _save_shown: false,
      _bookmarked_at: {},
      _dims_shown: false,
      _points_shown: false,
      _has_index: false,
      _pick: {},
      _grid: { bounds: home, columns: 1, rows: 1, slice_at: [], tiles: { count: 0 }, error: "" },
      _model: { id: model, name: "of this file", renderer },
    };
    const own = {
      model,
      encoder: model,
      codes: wired,
      log_var: codes.logVars && writeArray(codes.logVars, [codes.count, latentDim]),
      scale: writeArray(scale),
      limit,
      planes,
      /** Computed when it is shown first. */
      get density() {
        return densityOf(codes, latentDim, dims) ?? [];
      },
      pictures: 0,
    };
    return this.add(SCATTER, "LatentScatter", state, own);
  }

  /** An InterpolationSlider (widgets/interpolation_slider/) of a scatter; its frames are still to be decoded. */
  addSlider({ model, renderer, codes, latentDim }: Shown, start: number, end: number): PageModel {
    const code = (row: number) => codes.means.slice(row * latentDim, (row + 1) * latentDim);
    const strip = {
      method: "slerp",
      path: writeArray(new Float32Array(STEPS * latentDim), [STEPS, latentDim]),
      samples: null,
    };
    const state = {
      value: 0,
      method: "slerp",
      compare: false,
      _has_sound: false,
      _detail: "",
      _ends: { samples: codes.count, picked: false, start, end },
      _model: { id: model, name: "of this file", renderer },
      _content: {
        atlas: { count: 0 },
        strips: [strip],
        columns: [],
        methods: ["slerp", "linear"],
        stops: [0, STEPS - 1],
        usual_log_prior: usualLogPrior(latentDim),
        kinds: ["latent", "latent"],
        note: "",
        revision: 0,
      },
    };
    const points = [start, end].map((row) => ({ z: vector(code(row)), sample: null }));
    const own = { model, renderer, points, neighbours: null, latents: null, ends: "latent" };
    return this.add(SLIDER, "InterpolationSlider", state, own);
  }
}

/** The log densities, in nats, between which 95 % of the draws from N(0, I) lie (core/latent/path_profile.py). */
function usualLogPrior(k: number): [number, number] {
  const spread = 2 / (9 * k);
  const [low, high] = [MIDDLE_95, -MIDDLE_95].map((deviations) => {
    const squared = k * Math.max(0, 1 - spread + deviations * Math.sqrt(spread)) ** 3;
    return -0.5 * (squared + k * Math.log(2 * Math.PI));
  });
  return [low, high];
}
