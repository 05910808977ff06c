/** The latent plane of one network: codes as points, which glide to their new places as it trains. */

import { categoryColour, unknownColour } from "../../canvas/palette.ts";
import type { Point } from "../../canvas/geometry.ts";
import { isDark, watchTheme } from "../../canvas/theme.ts";
import { toBounds, type Bounds } from "../../canvas/viewport.ts";
import { element, swatched } from "../../controls/shell.ts";
import { homeOf } from "../../page_kernel/latent_samples.ts";
import { Tiles } from "../../kernel/atlas.ts";
import { gridFor, gridTexture } from "../../latent_scatter/decode/grid.ts";
import { onScatterGestures } from "../../latent_scatter/gestures/gestures.ts";
import { nearestPoint } from "../../latent_scatter/gestures/lasso.ts";
import { drawPath } from "../../latent_scatter/path/drawing.ts";
import { byClass, uniform } from "../../latent_scatter/plot/colours.ts";
import { ScatterPlot } from "../../latent_scatter/plot/plot.ts";
import type { Decoder } from "./decoder.ts";

export interface PlaneActions {
  /** The pointer is at a place of the plane; null when it has left. */
  hover(place: Point | null): void;
  pick(place: Point): void;
  /** Train or pause. */
  toggle(): void;
  say(text: string): void;
}

/** What the points are. */
export interface Shown {
  /** Class of each shown sample; null without classes. */
  classes: Uint32Array | null;
  count: number;
  names: string[];
}

/** A path on the plane, drawn over the points. */
export interface PlanePath {
  path: Float32Array;
  frame: number;
}

const DESCRIPTION =
  "Latent plane. Space trains and pauses, arrows move a crosshair, Enter picks the place there, " +
  "plus and minus zoom, R shows all codes, G shows what the plane decodes to.";
/** Codes take this long to glide to their new places, in ms. */
const GLIDE = 160;
/** The plane is at least as wide and high as this around its codes. */
const LEAST = 1;

export class PlaneView {
  readonly root = element("section", "vw-play-plane");
  readonly #title = element("h2", "vw-play-plane-title");
  readonly #legend = element("div", "vw-play-legend");
  readonly #plot: ScatterPlot;
  readonly #stops: (() => void)[];
  #decoder: Decoder | null = null;
  #shown: Shown = { classes: null, count: 0, names: [] };
  /** The newest codes, and where the points are drawn on their way to them. */
  #codes: Float32Array = new Float32Array();
  #home: Bounds = { x0: -LEAST, x1: LEAST, y0: -LEAST, y1: LEAST };
  /** Whether the reader has chosen the part of the plane. */
  #isZoomed = false;
  #grid = false;
  #frame = 0;
  #path: PlanePath | null = null;

  /** `name` is that of the network; `alone` leaves it out of the page. */
  constructor(parent: HTMLElement, name: string, alone: boolean, hasPrior: boolean, actions: PlaneActions) {
    this.#title.textContent = name;
    this.#title.hidden = alone;
    const frame = element("div", "vw-play-plot");
    this.root.append(this.#title, frame, this.#legend);
    parent.append(this.root);
    this.#plot = new ScatterPlot(frame, `${name}. ${DESCRIPTION}`);
    this.#plot.show({ names: ["code 1", "code 2"], prior: hasPrior ? { x: 0, y: 0 } : null });
    this.#plot.overlay = (context, theme) => {
      if (!this.#path) return;
      const { path, frame: at } = this.#path;
      const { viewport } = this.#plot;
      const points = Array.from({ length: path.length / 2 }, (_, i) => viewport.toScreen(path[2 * i], path[2 * i + 1]));
      const right = viewport.box.left + viewport.box.width;
      drawPath(context, theme, { path: points, frame: at, stops: [0, points.length - 1], guessed: false, newStart: null, right });
    };
    const place = (at: Point) => this.#plot.viewport.toPlane(at);
    this.#stops = [
      watchTheme(() => this.#colour()),
      onScatterGestures(this.#plot.canvas, {
        mode: () => "pick",
        viewport: () => this.#plot.viewport,
        hover: (at) => actions.hover(at && this.#plot.viewport.contains(at) ? place(at) : null),
        pick: (at) => actions.pick(place(at)),
        setView: (bounds) => {
          this.#isZoomed = true;
          this.#show(bounds);
        },
        resetView: () => this.resetView(),
        drawShape: () => {},
        selectInside: () => {},
        toggleSelected: () => actions.toggle(),
        moveCursor: (cursor) => this.#plot.mark({ cursor }),
        ignoreWheel: () => actions.say("Click the plane first: then the wheel zooms it."),
      }),
    ];
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    for (const stop of this.#stops) stop();
    this.#plot.close();
    this.root.remove();
  }

  /** Show other samples. */
  setSamples(shown: Shown): void {
    this.#shown = shown;
    this.#colour();
    const { classes, names } = shown;
    const entries = classes ? names.map((name, i) => swatched(categoryColour(i), name)) : [];
    this.#legend.replaceChildren(...entries);
  }

  /** Move the points to new codes (n, 2), by a network that decodes. */
  setCodes(codes: Float32Array, decoder: Decoder): void {
    this.#decoder = decoder;
    const from = this.#plot.scene.positions;
    this.#codes = codes;
    this.#home = around(codes);
    const still = from.length !== codes.length || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#glide(still ? codes : from, still ? 0 : GLIDE);
  }

  showGrid(grid: boolean): void {
    this.#grid = grid;
    this.#decodeGrid();
  }

  resetView(): void {
    this.#isZoomed = false;
    this.#show(this.#home);
  }

  mark(picked: Point | null): void {
    this.#plot.mark({ picked: picked && { ...picked, offData: false } });
  }

  /** Outline some of the shown samples. */
  flag(rows: Uint32Array): void {
    this.#plot.show({ flagged: rows });
  }

  showPath(path: PlanePath | null): void {
    this.#path = path;
    this.#plot.mark({});
  }

  /** The shown sample whose code is nearest to a place; -1 without samples. */
  nearest({ x, y }: Point): number {
    return nearestPoint(this.#codes, { x, y }, 1, 1);
  }

  code(row: number): Point {
    return { x: this.#codes[2 * row], y: this.#codes[2 * row + 1] };
  }

  #colour(): void {
    const { classes, count, names } = this.#shown;
    const { levels, colours, marks } = classes ? byClass(classes, names.length, unknownColour(isDark())) : uniform(count);
    this.#plot.show({ levels, colours, marks });
  }

  /** Draw the points a little nearer to their codes in each frame. */
  #glide(from: Float32Array, time: number): void {
    cancelAnimationFrame(this.#frame);
    const [codes, to] = [this.#codes, this.#home];
    const seen = this.#plot.scene.bounds;
    const began = performance.now();
    const positions = new Float32Array(codes.length);
    const draw = () => {
      const passed = time ? Math.min(1, (performance.now() - began) / time) : 1;
      for (let i = 0; i < codes.length; i++) positions[i] = from[i] + passed * (codes[i] - from[i]);
      const between = (a: number, b: number) => a + passed * (b - a);
      const bounds = { x0: between(seen.x0, to.x0), x1: between(seen.x1, to.x1), y0: between(seen.y0, to.y0), y1: between(seen.y1, to.y1) };
      this.#plot.show({ positions, ...(this.#isZoomed ? {} : { bounds }) });
      if (passed < 1) this.#frame = requestAnimationFrame(draw);
      else this.#decodeGrid();
    };
    draw();
  }

  #show(bounds: Bounds): void {
    this.#plot.show({ bounds });
    this.#decodeGrid();
  }

  #decodeGrid(): void {
    const decoder = this.#decoder;
    if (!this.#grid || !decoder) return this.#plot.show({ grid: null });
    const shape = gridFor(this.#plot.viewport, decoder.width, decoder.height);
    const { x0, x1, y0, y1 } = toBounds(shape.bounds);
    const z = new Float32Array(2 * shape.columns * shape.rows);
    for (let cell = 0; cell < shape.columns * shape.rows; cell++) {
      z[2 * cell] = x0 + (((cell % shape.columns) + 0.5) / shape.columns) * (x1 - x0);
      z[2 * cell + 1] = y1 - ((Math.floor(cell / shape.columns) + 0.5) / shape.rows) * (y1 - y0);
    }
    this.#plot.show({ grid: { ...shape, texture: gridTexture(Tiles.of(decoder.draw(decoder.decode(z))), shape) } });
  }
}

/** The part of the plane around codes. */
function around(codes: Float32Array): Bounds {
  const { x0, x1, y0, y1 } = toBounds(homeOf(codes));
  return { x0: Math.min(x0, -LEAST), x1: Math.max(x1, LEAST), y0: Math.min(y0, -LEAST), y1: Math.max(y1, LEAST) };
}
