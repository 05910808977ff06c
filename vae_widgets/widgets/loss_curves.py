"""The curves of a training run: two bqplot figures whose marks are made once and then updated."""

from collections.abc import Collection
from typing import Any

import bqplot
import ipywidgets
import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.history import VALIDATION, TrainingHistory
from vae_widgets.core.series import FloatArray, decimate
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


def in_order(metrics: list[str]) -> list[str]:
    """Return the metrics with those of a VAE first."""
    return [name for name in _KNOWN_LABELS if name in metrics] + [
        name for name in metrics if name not in _KNOWN_LABELS
    ]


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

    def __init__(self, x: bqplot.Scale, x_axis: bqplot.Axis) -> None:
        self.linear, self.log = bqplot.LinearScale(), bqplot.LogScale()
        style = {"stroke_width": 2, "enable_hover": False}
        scales = {"x": x, "y": self.linear}
        self.training = bqplot.Lines(scales=scales, line_style="solid", **style)
        self.validation = bqplot.Lines(scales=scales, line_style="dashed", **style)
        self.y_axis = bqplot.Axis(scale=self.linear, orientation="vertical", tick_format=".4~g")
        self.figure = bqplot.Figure(
            marks=[self.training, self.validation],
            axes=[x_axis, self.y_axis],
            fig_margin={"top": 8, "bottom": 40, "left": 56, "right": 16},
            animation_duration=0,
            display_toolbar=False,
            layout=ipywidgets.Layout(height="220px", width="auto"),
        )
        # Not the figure's own title: bqplot misses a change of it while it renders.
        self.title = ipywidgets.Label()
        self.title.add_class("vw-curves-title")
        self.box = ipywidgets.VBox(
            [self.title, self.figure], layout=ipywidgets.Layout(min_width="300px", flex="1 1 0")
        )


class LossCurves(ipywidgets.HBox):
    """The curves of a `TrainingHistory`: loss and reconstruction left, the other metrics right.

    A light line shows the steps within the epochs, a strong one the epochs, a dashed one the
    validation. Where the run has no epochs, the steps are the strong line.
    """

    def __init__(self) -> None:
        self._x = bqplot.LinearScale()
        self._x_axis = bqplot.Axis(scale=self._x, tick_format=".4~g", label="epoch")
        self._panels = (_Panel(self._x, self._x_axis), _Panel(self._x, self._x_axis))
        super().__init__(
            [panel.box for panel in self._panels],
            layout=ipywidgets.Layout(flex_flow="row wrap", width="100%", max_width="800px"),
        )
        self._dom_classes = ("vw-curves", "vw-curves-waiting")

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
        metrics = in_order(history.metrics())
        colours = colours_of(metrics)
        left = [name for name in metrics if name in _LEFT]
        right = [name for name in metrics if name not in _LEFT]
        if not left:
            left, right = right, []
        scales = [panel.log if log_scale else panel.linear for panel in self._panels]
        end = _axis_end(history, total, steps_per_epoch)
        messages = changes(
            self, _dom_classes=("vw-curves",) if metrics else ("vw-curves", "vw-curves-waiting")
        )
        # Axes before their data: new data make bqplot write the numbers of the axis a moment later,
        # in the format that it has by then.
        messages += changes(self._x_axis, **_x_axis(history, end))
        for panel, names, scale in zip(self._panels, (left, right), scales, strict=True):
            shown = bool(names or not metrics)
            messages += changes(panel.box.layout, display=None if shown else "none")
            if not shown:
                continue
            training, validation = [], []
            for name in names:
                lines = _lines(history, name, steps_per_epoch, log_scale)
                if name in hidden:
                    lines = [_NO_LINE] * 3
                training += lines[:2]
                validation += lines[2:]
            messages += changes(panel.title, value=_title(names, metrics))
            # The steps step back once the epochs make a line of their own.
            light = 0.35 if any(line.shape[1] > 1 for line in training[1::2]) else 1.0
            messages += changes(
                panel.y_axis,
                scale=scale,
                tick_values=_log_ticks(training + validation) if log_scale else None,
            )
            for mark, lines, opacities, repeat in (
                (panel.training, training, [light, 1.0] * len(names), 2),
                (panel.validation, validation, [1.0] * len(names), 1),
            ):
                rows = _rows(lines, opacities, drawn=len(mark.opacities))
                if rows:
                    look = [colours[name] for name in names for _ in range(repeat)]
                    position = {"x": self._x, "y": scale}
                    messages += changes(mark, **rows, scales=position, colors=look)
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
    ends = [line[:, -1:] for line in lines if line.shape[1]]
    if not ends and not drawn:
        return {}
    missing = max(0, drawn - len(lines))
    lines = lines + [_NO_LINE] * missing
    # bqplot squeezes its arrays: with one column, rows would be taken for points.
    columns = max(2, max(line.shape[1] for line in lines))
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


def _log_ticks(lines: list[Line]) -> FloatArray | None:
    """Return round values within the lines; those that bqplot chooses overlap each other."""
    values = np.concatenate([line[1] for line in lines] or [np.empty(0)])
    values = values[np.isfinite(values)]
    if not len(values) or values.max() < 10 * values.min():
        return None
    powers = 10.0 ** np.arange(np.floor(np.log10(values.min())), np.log10(values.max()))
    ticks = powers if len(powers) > 3 else np.outer(powers, [1, 2, 5]).ravel()
    return np.round(ticks[(values.min() <= ticks) & (ticks <= values.max())], 12)


def _title(names: list[str], metrics: list[str]) -> str:
    unit = unit_of(metrics)
    named = [label_of(name) for name in names]
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return ", ".join(named[:3]) + more + (f" ({unit})" if unit and names else "")


def _x_axis(history: TrainingHistory, end: float | None) -> dict[str, Any]:
    if history.metrics() and end is None:
        steps = ".3~s" if history.last_step >= 1e4 else ".4~g"
        return {"label": "step", "tick_format": steps, "tick_values": None}
    return {"label": "epoch", "tick_format": ".4~g", "tick_values": _whole_epochs(end or 1.0)}


def _whole_epochs(end: float) -> FloatArray:
    """Return three to eight round numbers of epochs from 0 to `end`."""
    steps = (step * 10**power for power in range(9) for step in (1, 2, 5))
    return np.arange(0.0, end + 1, next(step for step in steps if end / step <= 7))


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
