/** The lines of a metric, as curve_lines.py makes them where there is a kernel. */

/** Points of a metric. */
export interface Values {
  x: Float32Array;
  y: Float32Array;
}

export interface Series {
  name: string;
  steps: Values;
  epochs: Values;
  validation: Values;
}

/** How the curves are looked at. */
export interface CurvesView {
  hidden: string[];
  logScale: boolean;
  smoothing: number;
  /** Ends of the part of the x axis that is seen; empty for all. */
  zoom: number[];
}

interface MetricLines {
  light: Values;
  strong: Values;
  validationLight: Values;
  validation: Values;
}

export const NOTHING: Values = { x: new Float32Array(), y: new Float32Array() };
export const NO_LINES: MetricLines = { light: NOTHING, strong: NOTHING, validationLight: NOTHING, validation: NOTHING };

/** The light and the strong line of a metric, and those of its validation. */
export function linesOf({ steps, epochs, validation }: Series, view: CurvesView): MetricLines {
  const { smoothing } = view;
  const hasEpochs = epochs.x.length > 1;
  const light = !hasEpochs ? steps : smoothing ? epochs : below(steps, epochs);
  const strong = hasEpochs || !smoothing ? epochs : steps;
  return {
    light: drawable(light, view),
    strong: drawable(smoothed(strong, smoothing), view),
    validationLight: smoothing ? drawable(validation, view) : NOTHING,
    validation: drawable(smoothed(validation, smoothing), view),
  };
}

/** Cut the steps of the first epoch where they are above all epochs, and would flatten them. */
function below(steps: Values, epochs: Values): Values {
  const most = epochs.y.reduce((a, b) => (b > a ? b : a), -Infinity);
  if (most === -Infinity) return steps;
  return { x: steps.x, y: steps.y.map((y, i) => (steps.x[i] <= epochs.x[0] && y > most ? NaN : y)) };
}

/** The exponential moving average (core/training/series.py); what is not finite stays as it is. */
function smoothed({ x, y }: Values, weight: number): Values {
  let [total, share] = [0, 0];
  const smooth = y.map((value) => {
    if (!weight || !Number.isFinite(value)) return value;
    [total, share] = [weight * total + value, weight * share + 1];
    return total / share;
  });
  return { x, y: smooth };
}

/** The part that the zoom shows, with one more point on each side; gaps where a logarithm does not exist. */
function drawable({ x, y }: Values, { zoom, logScale }: CurvesView): Values {
  const [low, high] = zoom.length ? zoom : [-Infinity, Infinity];
  let first = 0;
  while (first < x.length && x[first] < low) first++;
  let last = first;
  while (last < x.length && x[last] < high) last++;
  const part: [number, number] = [Math.max(0, first - 1), last + 1];
  return { x: x.slice(...part), y: y.slice(...part).map((value) => (logScale && value <= 0 ? NaN : value)) };
}
