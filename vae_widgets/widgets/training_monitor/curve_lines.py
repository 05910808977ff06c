"""The lines of a metric: names, colours, and a limited number of points."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.training.history import VALIDATION, TrainingHistory
from vae_widgets.core.training.series import FloatArray, decimate, smooth

Line = NDArray[np.float32]  # x and y (2, n); NaN in y is a gap
NO_LINE: Line = np.empty((2, 0), np.float32)

# A figure is some 350 pixels wide: twice that many points show everything there is to see.
MAX_POINTS = 800

# Petroff's colours (arXiv:2107.02270); the same metric has the same colour in every run.
_KNOWN_COLOURS = {"loss": "#3f90da", "reconstruction_loss": "#e76300", "kl_loss": "#832db6"}
_OTHER_COLOURS = [
    *("#e76300", "#832db6", "#a96b59", "#94a4a2", "#ffa90e", "#bd1f01", "#717581"),
    *("#92dadd", "#b9ac70"),
]
# Other runs, each in one colour for all of its metrics.
_RUN_COLOURS = ["#94a4a2", "#ffa90e", "#a96b59", "#92dadd", "#b9ac70", "#bd1f01", "#717581"]
_KNOWN_LABELS = {"loss": "loss", "reconstruction_loss": "reconstruction", "kl_loss": "KL"}
_VAE = ("reconstruction_loss", "kl_loss")


def ordered_metrics(metrics: list[str]) -> list[str]:
    """Return the metrics to show, those of a VAE first.

    The ELBO is left out beside its two parts, which say the same on the scale of the loss.
    """
    if all(name in metrics for name in _VAE):
        metrics = [name for name in metrics if name != "elbo"]
    return [name for name in _KNOWN_LABELS if name in metrics] + [
        name for name in metrics if name not in _KNOWN_LABELS
    ]


def label_of(metric: str) -> str:
    """Return the displayed name of a metric."""
    return _KNOWN_LABELS.get(metric, metric.replace("_", " "))


def colours_of(metrics: list[str]) -> dict[str, str]:
    """Return a colour for each metric."""
    taken = [_KNOWN_COLOURS[name] for name in metrics if name in _KNOWN_COLOURS]
    free = [colour for colour in _OTHER_COLOURS if colour not in taken] or _OTHER_COLOURS
    others = [name for name in metrics if name not in _KNOWN_COLOURS]
    return {name: free[i % len(free)] for i, name in enumerate(others)} | _KNOWN_COLOURS


def colour_of_run(index: int) -> str:
    """Return the colour of a run that is drawn behind."""
    return _RUN_COLOURS[index % len(_RUN_COLOURS)]


def unit_of(metrics: list[str]) -> str:
    """Return "nats" for the losses of a VAE; what another model's loss counts in is unknown."""
    return "nats" if any(name in metrics for name in _VAE) else ""


class View(NamedTuple):
    """The settings of the view."""

    log_scale: bool = False
    smoothing: float = 0.0
    zoom: tuple[float, float] | None = None
    """The part of the x axis that is seen; None for all of it."""


class MetricLines(NamedTuple):
    """The lines of a metric: for training and validation a light one behind a strong one."""

    light: Line
    strong: Line
    validation_light: Line
    validation: Line


NO_LINES = MetricLines(NO_LINE, NO_LINE, NO_LINE, NO_LINE)


def values_of(
    history: TrainingHistory, name: str, steps_per_epoch: int | None = None
) -> tuple[tuple[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]:
    """Return the points of a metric's steps, with x in epochs where there are any, and epochs."""
    x, y = history.steps(name)
    return (history.epoch_of(x, steps_per_epoch), y), history.epochs(name)


def lines_of(
    history: TrainingHistory, name: str, steps_per_epoch: int | None, view: View
) -> MetricLines:
    """Return the lines of a metric: a light one of steps or unsmoothed values, and a strong one."""
    steps, epochs = values_of(history, name, steps_per_epoch)
    light = steps
    if len(epochs[0]) > 1:
        light, strong = (epochs if view.smoothing else _below(steps, epochs)), epochs
    else:
        strong = steps if view.smoothing else epochs
    twin_steps, twin = values_of(history, VALIDATION + name, steps_per_epoch)
    validation = twin if len(twin[0]) else twin_steps
    return MetricLines(
        _drawable(*light, view),
        _drawable(strong[0], smooth(strong[1], view.smoothing), view),
        _drawable(*validation, view) if view.smoothing else NO_LINE,
        _drawable(validation[0], smooth(validation[1], view.smoothing), view),
    )


def _drawable(x: FloatArray, y: FloatArray, view: View) -> Line:
    if (
        view.zoom is not None
    ):  # and one more point at either side, so that the line reaches the edges
        first, last = np.searchsorted(x, view.zoom)
        within = slice(max(0, int(first) - 1), int(last) + 1)
        x, y = x[within], y[within]
    line = np.stack(decimate(x, y, MAX_POINTS)).astype(np.float32)
    drawable = np.isfinite(line[1]) & ~(view.log_scale & (line[1] <= 0))
    line[1, ~drawable] = np.nan
    # bqplot puts a label at the end of a line and cannot do so at NaN.
    return line[:, : int(drawable.nonzero()[0][-1]) + 1 if drawable.any() else 0]


def _below(
    steps: tuple[FloatArray, FloatArray], epochs: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Cut the steps of the first epoch where they are above all epochs, and would flatten them."""
    (x, y), (ends, values) = steps, epochs
    if np.isnan(values).all():
        return steps
    return x, np.where((x <= ends[0]) & (y > np.nanmax(values)), np.nan, y)


def best_epoch(
    history: TrainingHistory, among: Sequence[int] | None = None
) -> tuple[float, float] | None:
    """Return the epoch with the lowest (validation) loss, and that loss; None before two epochs.

    Where beta has moved, and with it the loss, it is the epoch with the highest ELBO. With `among`
    only these epochs are compared, in a time that does not grow with the history.
    """
    for name in (VALIDATION + "loss", "loss"):
        x, y = history.epochs(name)
        if len(x) < 2:
            continue
        _, elbo = history.epochs("elbo")
        by_elbo = name == "loss" and len(history.setting("beta")[1]) > 1 and len(elbo) == len(y)
        rows = slice(None) if among is None else _rows_of(among, x)
        x, y, cost = x[rows], y[rows], -elbo[rows] if by_elbo else y[rows]
        known = np.isfinite(y) & np.isfinite(cost)
        if known.any():
            at = int(np.where(known, cost, np.inf).argmin())
            return float(x[at]), float(y[at])
    return None


def _rows_of(epochs: Sequence[int], x: FloatArray) -> NDArray[np.intp]:
    """Return where epochs are in x (n,), increasing; without those that are not there."""
    at = np.searchsorted(x, epochs)
    at = at[at < len(x)]
    return at[np.isin(x[at], epochs)]


def axis_range(
    history: TrainingHistory, total: int | None, steps_per_epoch: int | None
) -> tuple[float, float]:
    """Return the ends of the x axis: round, so that it moves rarely and the curve fills most."""
    first, last = 0.0, history.last_step
    if history.has_epochs:
        last = float(np.ceil(history.epoch_of(np.array([last]), steps_per_epoch)[0]))
    else:
        starts = [x[0] for name in history.metrics() if len(x := history.steps(name)[0])]
        first = min(starts, default=0.0)
        first = 0.0 if 0 <= first < 0.2 * last else first
    rounds = (step * 10**power for power in range(16) for step in (1, 2, 3, 5, 7))
    end = next((end for end in rounds if end >= last), last)
    if history.has_epochs and total:
        end = min(end, total)
    return first, float(max(end, last, first + 1))
