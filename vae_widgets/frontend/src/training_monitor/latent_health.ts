/** Plots to diagnose a VAE: KL of each dimension over time, reconstruction against KL, and beta. */

import "../controls/shell.css";
import "./latent_health.css";
import { readArray, type WireArray } from "../kernel/arrays.ts";
import { quantityColour } from "../canvas/palette.ts";
import { CanvasView } from "../canvas/canvas_view.ts";
import { frontEndModule, type View } from "../kernel/front_end_module.ts";
import { listen } from "../kernel/listen.ts";
import { element, mount } from "../controls/shell.ts";
import { cellBox, drawAxes, drawLine, paddedLimits, isNarrow } from "../canvas/small_plot.ts";
import type { Theme } from "../canvas/theme.ts";
import type { Box } from "../canvas/viewport.ts";

interface HealthState {
  axis: string;
  kl: WireArray;
  kl_at: WireArray;
  active: number | null;
  dimensions: number;
  path: WireArray;
  beta: WireArray;
}

// The colours of reconstruction and KL in the curves above.
const PATH = "#832db6";
const BETA = "#717581";

function render({ model, el }: View<{ shown: Partial<HealthState> }>) {
  const root = element("div", "vw-widget vw-latent-health");
  const box = element("div", "vw-picture");
  box.role = "img";
  root.append(box);
  mount(el, root);

  const folded = new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width) root.classList.toggle("vw-narrow", isNarrow(contentRect.width));
  });
  folded.observe(root);
  const picture = new CanvasView(box, (context, theme) => {
    const shown = model.get("shown");
    if (!shown.kl) return;
    const plots = [drawKl, drawReconstruction, ...(hasBeta(shown) ? [drawBeta] : [])];
    plots.forEach((draw, i) => {
      draw(context, theme, cellBox(picture.width, picture.height, i, plots.length), shown as HealthState);
    });
  });
  const update = () => {
    const { active, dimensions } = model.get("shown");
    box.ariaLabel = active == null
      ? `KL of each latent dimension, reconstruction loss against KL${hasBeta(model.get("shown")) ? ", beta" : ""}`
      : `${active} of ${dimensions} latent dimensions active`;
    picture.redraw();
  };
  const stop = listen(model, { shown: update });
  update();
  return () => {
    stop();
    folded.disconnect();
    picture.close();
    root.remove();
  };
}

/** A model without beta has no plot of it. */
function hasBeta({ beta }: Partial<HealthState>): boolean {
  return Boolean(beta?.shape[1]);
}

function drawKl(context: CanvasRenderingContext2D, theme: Theme, into: Box, shown: HealthState): void {
  const [columns, rows] = shown.kl.shape;
  const [kl, at] = [readArray(shown.kl), readArray(shown.kl_at)];
  const high = kl.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, value) : most), 0);
  const active = shown.active == null ? "" : ` · ${shown.active} of ${shown.dimensions} active`;
  const title = columns ? `KL, 0 to ${high.toPrecision(2)} nats${active}` : "KL of each dimension: not known yet";
  const view = drawAxes(context, theme, into, {
    title,
    x: columns > 1 ? [at[0], at[columns - 1]] : [0, 1],
    y: [Math.max(rows, 1), 0],
    xName: shown.axis,
    yTicks: rows ? labelled(rows).map((row) => [row + 0.5, `z[${row}]`]) : [],
  });
  for (let i = 0; i < columns; i++) {
    const left = i ? view.toScreen((at[i - 1] + at[i]) / 2, 0).x : view.box.left;
    const right =
      i < columns - 1 ? view.toScreen((at[i] + at[i + 1]) / 2, 0).x : view.box.left + view.box.width;
    for (let row = 0; row < rows; row++) {
      const value = kl[i * rows + row];
      context.fillStyle = Number.isFinite(value) ? quantityColour(high > 0 ? value / high : 0) : theme.warn;
      const top = view.toScreen(0, row).y;
      context.fillRect(left, top, right - left + 0.5, view.toScreen(0, row + 1).y - top + 0.25);
    }
  }
}

/** The rows with a label: at most eight. */
function labelled(rows: number): number[] {
  const every = Math.ceil(rows / 8);
  return Array.from({ length: Math.ceil(rows / every) }, (_, i) => i * every);
}

function drawReconstruction(context: CanvasRenderingContext2D, theme: Theme, into: Box, shown: HealthState): void {
  const n = shown.path.shape[1];
  const path = readArray(shown.path);
  const [kl, reconstruction] = [path.subarray(0, n), path.subarray(n)];
  const view = drawAxes(context, theme, into, {
    title: "Reconstruction loss (nats) against KL",
    x: paddedLimits(kl, [0]),
    y: paddedLimits(reconstruction),
    xName: "KL (nats)",
  });
  if (!n) return;
  context.strokeStyle = context.fillStyle = PATH;
  context.lineWidth = 1.5;
  drawLine(context, view, kl, reconstruction);
  const last = view.toScreen(kl[n - 1], reconstruction[n - 1]);
  context.beginPath();
  context.arc(last.x, last.y, 3.5, 0, 7);
  context.fill();
}

function drawBeta(context: CanvasRenderingContext2D, theme: Theme, into: Box, shown: HealthState): void {
  const n = shown.beta.shape[1];
  const both = readArray(shown.beta);
  const [at, beta] = [both.subarray(0, n), both.subarray(n)];
  const view = drawAxes(context, theme, into, {
    title: `β, weight of the KL: now ${Number(beta[n - 1].toPrecision(3))}`,
    x: at[n - 1] > at[0] ? [at[0], at[n - 1]] : [0, 1],
    y: paddedLimits(beta, [0]),
    xName: shown.axis,
  });
  context.strokeStyle = theme.dark ? "#b5bac4" : BETA;
  context.lineWidth = 2;
  drawLine(context, view, at, beta, n < 20);
}

export default frontEndModule(render);
