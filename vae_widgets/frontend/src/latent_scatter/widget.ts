/** The page of LatentScatter (widgets/latent_scatter/widget.py): the codes of samples as points. */

import "./widget.css";
import type { Point } from "../canvas/geometry.ts";
import { onResize } from "../canvas/resize.ts";
import { watchTheme } from "../canvas/theme.ts";
import { toBounds } from "../canvas/viewport.ts";
import { dataFile, exportMenu, pictureFile } from "../controls/export_menu.ts";
import { onUndo } from "../controls/history.ts";
import { createShell, element, type Shell } from "../controls/shell.ts";
import { counted, whole } from "../format/numbers.ts";
import { readArray } from "../kernel/arrays.ts";
import { frontEndModule, type View } from "../kernel/front_end_module.ts";
import { LATE } from "../kernel/latest_request.ts";
import { listen, type Bindings } from "../kernel/listen.ts";
import { ScatterActions, selectionStatus } from "./actions.ts";
import { PageDecoder } from "./decode/page_decoder.ts";
import { PickedPoint } from "./decode/picked_point.ts";
import { DecodedPlane } from "./decode/plane.ts";
import { onScatterGestures } from "./gestures/gestures.ts";
import { SampleFinder } from "./gestures/sample_finder.ts";
import { Drawers } from "./panels/drawers.ts";
import { Hover } from "./panels/hover.ts";
import { Legend } from "./panels/legend.ts";
import { SoundButtons } from "./panels/sound_buttons.ts";
import { Toolbar } from "./panels/toolbar.ts";
import { PathOverlay } from "./path/overlay.ts";
import { Density } from "./plot/density.ts";
import { ScatterPlot } from "./plot/plot.ts";
import { keepTraits } from "./state/kept_traits.ts";
import { axisNames, type Model, type State } from "./state/model.ts";
import type { DensityState } from "./state/protocol.ts";
import { PandasIndex } from "./state/pandas_index.ts";
import { samplesTable } from "./state/samples_table.ts";

// How long the view must rest before the kernel decodes the plane for it, in ms.
const SETTLED = 300;
const DESCRIPTION =
  "Latent space. Arrows move a crosshair, Enter decodes there, Space selects the point there, " +
  "Enter starts and ends a lasso or box, A selects all points, I inverts the selection, Escape clears it, " +
  "F finds a sample by its number, plus and minus zoom, R resets the view.";

class LatentScatterView {
  readonly #model: Model;
  readonly #shell: Shell;
  readonly #facts = element("span", "vw-scatter-facts");
  readonly #plot: ScatterPlot;
  readonly #plane: DecodedPlane;
  readonly #hover: Hover;
  readonly #picked: PickedPoint;
  readonly #legend: Legend;
  readonly #drawers: Drawers;
  readonly #toolbar: Toolbar;
  readonly #closeAll: (() => void)[];
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(model: Model, el: HTMLElement) {
    this.#model = model;
    const shell = (this.#shell = createShell(el, "Latent space", model, "hovering, zooming, selecting"));
    shell.root.classList.add("vw-scatter");
    shell.title.append(this.#facts);
    const frame = element("div", "vw-scatter-plot");
    const side = element("div", "vw-scatter-side");
    shell.picture.append(frame, side);

    const plot = (this.#plot = new ScatterPlot(frame, DESCRIPTION));
    const { canvas } = plot;
    const finder = new SampleFinder(model, plot);
    const decoder = PageDecoder.of(model);
    const where = () => (decoder.isQuick ? "in the page" : "beforehand");
    const late = () => shell.setStatus(`${LATE} The picture was decoded ${where()}.`);
    const plane = (this.#plane = new DecodedPlane(model, plot, shell.setStatus, late));
    const hover = (this.#hover = new Hover(model, plot, frame, shell.setStatus, () => this.#picked.show()));
    const pictures = {
      nearestTo: (place: Point) => finder.nearestTo(place),
      sample: (index: number) => hover.sample(index),
      preview: (place: Point) => plane.at(place) ?? hover.sample(finder.nearestTo(place)),
    };
    const picked = (this.#picked = new PickedPoint(model, plot, pictures, shell.setStatus, late, () => this.#showPick()));
    const sounds = new SoundButtons(model, shell, canvas, () => finder.nearestTo(picked.place));
    picked.view.root.append(sounds.root);
    this.#legend = new Legend(model);
    side.append(picked.view.root, this.#legend.view.root);

    const find = () => this.#drawers.findSample();
    const actions = new ScatterActions(model, plot, finder, hover, picked, shell.setStatus, find);
    // The first one registered gets a key first: Escape ends the choice of a path's ends, or else
    // a lasso, or else clears the selection.
    const path = new PathOverlay(
      model,
      plot,
      shell,
      decoder,
      (at) => finder.at(at),
      (at) => actions.pick(at, true),
    );
    const stopGestures = onScatterGestures(canvas, actions);
    this.#toolbar = new Toolbar(model, shell, canvas, actions);
    this.#drawers = new Drawers(model, shell, picked, actions);
    const hint = "Save the samples shown: row, index label, coordinates, label, quantities, whether selected";
    const index = new PandasIndex(model);
    const table = async () => samplesTable(model, plot.scene.levels, await index.keys());
    const data = { ...dataFile("latent_scatter", hint, table), lacks: () => index.lacks };
    const files = [pictureFile("latent_scatter", shell.root), data];
    shell.title.append(exportMenu(files, shell.setStatus));
    const kept = keepTraits(model);
    shell.notice.root.after(kept.root);

    this.#closeAll = [
      listen(model, this.#bindings()),
      decoder.watch(() => this.#decodeAgain(decoder.failure)),
      watchTheme(() => this.#showColours()), // the grey of unknown points depends on it
      onResize(frame, () => this.#decodeWhenSettled()), // the size decides the number of decoded pictures
      stopGestures,
      onUndo(canvas, model, shell.setStatus),
    ];
    for (const part of [path, sounds, picked, this.#drawers, this.#toolbar, plane, hover, plot, kept, decoder, index]) {
      this.#closeAll.push(() => part.close());
    }
    this.#showAll();
  }

  close(): void {
    clearTimeout(this.#settling);
    for (const close of this.#closeAll) close();
    this.#shell.notice.close();
    this.#shell.root.remove();
  }

  /** For each trait, what shows it: a part of the picture, and what else depends on it. */
  #bindings(): Bindings<State> {
    const showControls = () => this.#showControls();
    const showColours = inTurn(
      () => this.#showColours(),
      showControls,
      () => this.#hover.show(),
    );
    const showSelection = inTurn(() => this.#showSelection(), showControls);
    const showPrior = inTurn(() => this.#showPrior(), showControls);
    const showDensity = inTurn(() => this.#showDensity(), showControls);
    const showDrawer = inTurn(showControls, () => this.#decodeWhenSettled());
    const showLook = inTurn(
      () => this.#showLook(),
      () => this.#drawers.showPoints(),
    );
    const showSave = () => this.#drawers.showSave();
    return {
      selection: inTurn(showSelection, () =>
        this.#shell.setStatus(selectionStatus(this.#model.get("selection").shape[0])),
      ),
      flagged: showSelection,
      hovered: () => this.#hover.show(),
      view: () => this.#showView(),
      color_by: showColours,
      quantities: showColours,
      threshold: showColours,
      _hidden: showColours,
      _hidden_sides: showColours,
      point_size: showLook,
      opacity: showLook,
      _points_shown: showControls,
      mode: showControls,
      _projections: showControls,
      grid: () => this.#showGrid(),
      _dims_shown: showDrawer,
      _save_shown: showDrawer,
      bookmarks: showSave,
      group_a: showSave,
      group_b: showSave,
      attribute: () => this.#showAttribute(),
      _bookmarked_at: () => this.#showBookmarks(),
      slice_at: () => this.#showSlice(),
      prior: showPrior,
      _prior: showPrior,
      density: showDensity,
      _density: showDensity,
      _positions: inTurn(
        () => this.#showPositions(),
        showControls,
        () => this.#hover.show(),
        () => this.#picked.show(),
        () => this.#toolbar.showHint(),
      ),
      // Not `picked`, which comes together with its picture.
      _pick: () => void this.#picked.take(true),
      _grid: () => {
        void this.#plane.take();
        this.#picked.show(); // whether a click decodes
      },
      dims: () => this.#forgetPlane(),
      projection: () => this.#forgetPlane(),
    };
  }

  #showAll(): void {
    this.#showLook();
    this.#showPositions();
    this.#showColours();
    this.#showSelection();
    this.#showPrior();
    this.#showDensity();
    this.#showBookmarks();
    this.#showControls();
    this.#toolbar.showHint();
    this.#showView();
    void this.#plane.take();
    void this.#picked.take();
  }

  #showLook(): void {
    const [pointSize, opacity] = [this.#model.get("point_size"), this.#model.get("opacity")];
    this.#plot.show({ pointSize, opacity });
  }

  #showPositions(): void {
    const positions = readArray(this.#model.get("_positions"));
    this.#plot.show({ positions, names: axisNames(this.#model) });
    this.#picked.hover(null);
  }

  #showColours(): void {
    const { levels, colours, marks } = this.#legend.colourPoints();
    this.#plot.show({ levels, colours, marks });
  }

  #showSelection(): void {
    const selection = readArray<Uint32Array>(this.#model.get("selection"));
    const flagged = readArray<Uint32Array>(this.#model.get("flagged"));
    this.#plot.show({ selection, flagged });
    const some =
      (selection.length ? `, ${whole(selection.length)} selected` : "") +
      (flagged.length ? `, \u25cb\u00a0${whole(flagged.length)}\u00a0flagged` : "");
    const note = this.#model.get("_range_note");
    const range = note ? ` \u00b7 tiles: ${note}` : "";
    const count = this.#plot.scene.positions.length / 2;
    this.#facts.title = this.#facts.textContent = `${counted(count, "sample")}${some}${range}`;
  }

  #showControls(): void {
    this.#plot.canvas.dataset.mode = this.#model.get("mode");
    this.#toolbar.show();
    this.#drawers.showDimensions();
    this.#drawers.showPoints();
    this.#drawers.showSave();
  }

  #showView(): void {
    this.#plot.show({ bounds: toBounds(this.#model.get("view")) });
    this.#hover.show();
    this.#decodeWhenSettled();
  }

  #showGrid(): void {
    this.#showControls();
    this.#plane.show();
    this.#plane.ask();
  }

  #showPrior(): void {
    const [x, y] = this.#model.get("_prior");
    const shown = this.#model.get("prior") && x !== undefined && y !== undefined;
    this.#plot.show({ prior: shown ? { x, y } : null });
  }

  #showDensity(): void {
    const density = this.#model.get("_density");
    const shown = this.#model.get("density") && "rings" in density;
    this.#plot.show({ density: shown ? new Density(density as DensityState) : null });
  }

  #showBookmarks(): void {
    this.#plot.show({ bookmarks: Object.entries(this.#model.get("_bookmarked_at")) });
  }

  #showAttribute(): void {
    this.#drawers.showSave();
    this.#decodeWhenSettled();
  }

  #showSlice(): void {
    this.#picked.hover(null);
    this.#drawers.showDimensions();
    this.#decodeWhenSettled();
  }

  #forgetPlane(): void {
    this.#hover.forgetDetail();
    this.#drawers.forgetTraversals();
  }

  /** The page decodes with other weights, or no more. */
  #decodeAgain(failure: string): void {
    if (failure) this.#shell.setStatus(failure);
    this.#forgetPlane();
    this.#plane.renew();
    this.#picked.renew();
    this.#decodeWhenSettled();
  }

  #showPick(): void {
    this.#drawers.showDimensions();
    this.#drawers.showSave();
    this.#decodeWhenSettled();
  }

  #decodeWhenSettled(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#plane.ask();
      this.#drawers.prepare();
    }, SETTLED);
  }
}

/** One function that calls some in turn. */
function inTurn(...shown: (() => void)[]): () => void {
  return () => shown.forEach((show) => show());
}

function render({ model, el }: View<State>) {
  const view = new LatentScatterView(model, el);
  return () => view.close();
}

export default frontEndModule(render);
