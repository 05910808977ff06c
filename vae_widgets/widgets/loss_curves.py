"""The curves of a training run: two bqplot figures whose marks are made once and then updated."""

from collections.abc import Collection
from typing import Any

import bqplot
import ipywidgets
import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.history import VALIDATION, FloatArray, TrainingHistory, decimate
from vae_widgets.widgets.throttle import Send, changes

Line = NDArray[np.float32]  # x and y (2, n); NaN in y is a gap
_NO_LINE: Line = np.empty((2, 0), np.float32)

# A figure is some 350 pixels wide: twice that many points show everything there is to see.
MAX_POINTS = 800

# Petroff's colours (arXiv:2107.02270); the same metric has the same colour in every run.
_KNOWN_COLOURS = {"loss": "#3f90da", "reconstruction_loss": "#e76300", "kl_loss": "#832db6"}
_OTHER_COLOURS = ["#e76300", "#832db6", "#a96b59", "#94a4a2", "#ffa90e", "#bd1f01", "#717581"]
_KNOWN_LABELS = {"loss": "loss", "reconstruction_loss": "reconstruction", "kl_loss": "KL"}

# Quantities on the scale of the loss share its figure; KL is some twenty times smaller.
_LEFT = ("loss", "reconstruction_loss")
_VAE = ("reconstruction_loss", "kl_loss")


def label_of(metric: str) -> str:
    """Return the name of a metric for the eye."""
    return _KNOWN_LABELS.get(metric, metric.replace("_", " "))


def colours_of(metrics: list[str]) -> dict[str, str]:
    """Return a colour for each metric."""
    taken = [_KNOWN_COLOURS[name] for name in metrics if name in _KNOWN_COLOURS]
    free = [colour for colour in _OTHER_COLOURS if colour not in taken] or _OTHER_COLOURS
    others = [name for name in metrics if name not in _KNOWN_COLOURS]
    return {name: free[i % len(free)] for i, name in enumerate(others)} | _KNOWN_COLOURS


def unit_of(metrics: list[str]) -> str:
    """Return "nats" for the losses of a VAE; what another model's loss counts in is unknown."""
    return "nats" if any(name in metrics for name in _VAE) else ""


class _Panel:
    """One figure: solid lines for training, dashed ones for validation, in the same colours."""

    def __init__(self, x: bqplot.Scale) -> None:
        self.linear, self.log = bqplot.LinearScale(), bqplot.LogScale()
        style = {"stroke_width": 2, "enable_hover": False}
        scales = {"x": x, "y": self.linear}
        self.training = bqplot.Lines(scales=scales, line_style="solid", **style)
        self.validation = bqplot.Lines(scales=scales, line_style="dashed", **style)
        self.x_axis = bqplot.Axis(scale=x, tick_format=".4~g", label="epoch")
        self.y_axis = bqplot.Axis(
            scale=self.linear, orientation="vertical", tick_format=".4~g", side="left"
        )
        self.x_axis.grid_lines = self.y_axis.grid_lines = "solid"
        self.figure = bqplot.Figure(
            marks=[self.training, self.validation],
            axes=[self.x_axis, self.y_axis],
            fig_margin={"top": 28, "bottom": 40, "left": 56, "right": 16},
            animation_duration=0,
            display_toolbar=False,
            layout=ipywidgets.Layout(height="240px", width="auto", min_width="300px", flex="1 1 0"),
        )


class LossCurves(ipywidgets.HBox):
    """The curves of a `TrainingHistory`: loss and reconstruction left, the other metrics right.

    A light line shows the steps within the epochs, a strong one the epochs, a dashed one the
    validation. Where the run has no epochs, the steps are the strong line.
    """

    def __init__(self) -> None:
        self._x = bqplot.LinearScale()
        self._panels = (_Panel(self._x), _Panel(self._x))
        super().__init__(
            [panel.figure for panel in self._panels],
            layout=ipywidgets.Layout(flex_flow="row wrap", width="100%", max_width="800px"),
        )
        self.add_class("vw-curves")

    def plan(
        self,
        history: TrainingHistory,
        hidden: Collection[str] = (),
        log_scale: bool = False,
        total: int | None = None,
        steps_per_epoch: int | None = None,
    ) -> list[Send]:
        """Return the messages, one an entry, that bring the curves up to date.

        Parameters
        ----------
        history
            What to draw.
        hidden
            Names of metrics not to draw.
        log_scale
            Whether the values are drawn on a logarithmic axis; those at or below 0 are gaps then.
        total
            Number of epochs of the run; None if unknown.
        steps_per_epoch
            Number of steps of an epoch; None if unknown.
        """
        metrics = history.metrics()
        colours = colours_of(metrics)
        left = [name for name in metrics if name in _LEFT]
        right = [name for name in metrics if name not in _LEFT]
        if not left:
            left, right = right, []
        scales = [panel.log if log_scale else panel.linear for panel in self._panels]
        end = _axis_end(history, total, steps_per_epoch)
        messages: list[Send] = []
        for panel, names, scale in zip(self._panels, (left, right), scales, strict=True):
            shown = bool(names or not metrics)
            messages += changes(panel.figure.layout, display=None if shown else "none")
            if not shown:
                continue
            training, validation = [], []
            for name in names:
                lines = _lines(history, name, steps_per_epoch, log_scale)
                if name in hidden:
                    lines = [_NO_LINE] * 3
                training += lines[:2]
                validation += lines[2:]
            messages += changes(panel.figure, title=_title(names, metrics))
            messages += changes(panel.x_axis, **_x_axis(history, end))
            messages += changes(panel.y_axis, scale=scale)
            light = 0.35 if history.has_epochs else 1.0
            messages += changes(panel.y_axis, tick_values=_ticks(training + validation, log_scale))
            for mark, lines, opacities, repeat in (
                (panel.training, training, [light, 1.0] * len(names), 2),
                (panel.validation, validation, [1.0] * len(names), 1),
            ):
                messages += changes(
                    mark,
                    **_rows(lines, opacities, drawn=len(mark.opacities)),
                    scales={"x": self._x, "y": scale},
                    colors=[colours[name] for name in names for _ in range(repeat)],
                )
        return messages + changes(self._x, min=None if end is None else 0.0, max=end)


def _lines(
    history: TrainingHistory, name: str, steps_per_epoch: int | None, log_scale: bool
) -> list[Line]:
    """Return the lines of a metric: its steps, its epochs, its validation."""
    x, y = history.steps(name)
    steps = _drawable(history.epoch_of(x, steps_per_epoch), y, log_scale)
    epochs = _drawable(*history.epochs(name), log_scale)
    twin = VALIDATION + name
    x, y = history.epochs(twin)
    validation = _drawable(*((x, y) if len(x) else history.steps(twin)), log_scale)
    return [_below(steps, epochs), epochs, validation]


def _drawable(x: Any, y: Any, log_scale: bool) -> Line:
    """Return a line of few points, with gaps for values that cannot be shown."""
    line = np.stack(decimate(x, y, MAX_POINTS)).astype(np.float32)
    drawable = np.isfinite(line[1]) & ~(log_scale & (line[1] <= 0))
    line[1, ~drawable] = np.nan
    # bqplot puts a label at the end of a line and cannot do so at NaN.
    return line[:, : int(drawable.nonzero()[0][-1]) + 1 if drawable.any() else 0]


def _below(steps: Line, epochs: Line) -> Line:
    """Cut the steps of the first epoch where they are above all epochs.

    The first steps of a fresh model lie so far above all that follows that they would flatten it.
    """
    if epochs.shape[1] < 2 or np.isnan(epochs[1]).all():
        return steps
    steps = steps.copy()
    steps[1, (steps[0] <= epochs[0, 0]) & (steps[1] > np.nanmax(epochs[1]))] = np.nan
    return steps


def _rows(lines: list[Line], opacities: list[float], drawn: int) -> dict[str, Any]:
    """Return lines of any length as x and y (rows, n) and opacities (rows), as bqplot wants them.

    bqplot leaves the path of a row that is gone: there are at least as many rows as `drawn`.
    An empty row is a point that is transparent.
    """
    missing = drawn - len(lines)
    lines = lines + [_NO_LINE] * missing
    if not lines:
        return {}
    ends = [line[:, -1:] for line in lines if line.shape[1]]
    # bqplot squeezes its arrays: with one column, rows would be taken for points.
    columns = max(2, *(line.shape[1] for line in lines))
    rows = np.zeros((2, len(lines), columns), np.float32)
    for i, line in enumerate(lines):
        n = line.shape[1]
        rows[:, i, :n] = line
        if ends:  # the rest repeats a point, which draws nothing
            rows[:, i, n:] = line[:, -1:] if n else ends[0]
    shown = [
        opacity if line.shape[1] else 0.0
        for opacity, line in zip(opacities + [0.0] * missing, lines, strict=True)
    ]
    return {"x": rows[0].squeeze(), "y": rows[1].squeeze(), "opacities": shown}


def _ticks(lines: list[Line], log_scale: bool) -> FloatArray:
    """Return some five round values within the lines; bqplot's own crowd a small figure."""
    values = np.concatenate([[np.nan], *(line[1] for line in lines)])
    if np.isnan(values).all():
        return np.empty(0)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if log_scale and high > 20 * low:
        powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.log10(high))
        ticks = powers if len(powers) > 3 else np.outer(powers, [1, 2, 5]).ravel()
    else:
        step = _round_step((high - low) / 5 or abs(high) or 1.0)
        ticks = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    return np.round(ticks[(low <= ticks) & (ticks <= high)], 12)


def _round_step(step: float) -> float:
    """Return 1, 2 or 5 times a power of ten, at least `step`."""
    power = 10.0 ** np.floor(np.log10(step))
    return float(power * next(round for round in (1, 2, 5, 10) if round * power >= step * 0.999))


def _title(names: list[str], metrics: list[str]) -> str:
    unit = unit_of(metrics)
    named = [label_of(name) for name in names]
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return ", ".join(named[:3]) + more + (f" ({unit})" if unit and names else "")


def _x_axis(history: TrainingHistory, end: float | None) -> dict[str, Any]:
    if end is None:
        steps = ".3~s" if history.last_step >= 1e4 else ".4~g"
        return {"label": "step", "tick_format": steps, "tick_values": None}
    # Whole epochs, however short the axis.
    step = max(1, _round_step(end / 6))
    ticks = np.arange(0, end + 1, step, dtype=float)
    return {"label": "epoch", "tick_format": "d", "tick_values": ticks}


def _axis_end(
    history: TrainingHistory, total: int | None, steps_per_epoch: int | None
) -> float | None:
    """Return a round end for the axis of epochs: it moves rarely, and the curve fills most of it.

    Steps whose number is unknown beforehand take the axis that fits them: None.
    """
    if not history.has_epochs:
        return None
    at = np.ceil(history.epoch_of(np.array([history.last_step]), steps_per_epoch)[0])
    rounds = (step * 10**power for power in range(9) for step in (1, 2, 3, 5, 7))
    end = next((end for end in rounds if end >= at), at)
    return float(max(min(end, total or end), at, 1))
