"""The curves of a training run: two bqplot figures whose marks are made once and then updated."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import bqplot
import ipywidgets
import numpy as np

from vae_widgets.core.training.history import VALIDATION, TrainingHistory
from vae_widgets.core.training.series import decimate
from vae_widgets.widgets.base.rate_limit import Send, changes
from vae_widgets.widgets.base.widget import ClosingWidget
from vae_widgets.widgets.training_monitor.curve_axes import title_of, x_axis, y_axis
from vae_widgets.widgets.training_monitor.curve_lines import (
    NO_LINE,
    NO_LINES,
    RUN_COLOURS,
    Line,
    View,
    axis_range,
    best_epoch,
    colours_of,
    label_of,
    lines_of,
    ordered_metrics,
    unit_of,
    values_of,
)
from vae_widgets.widgets.traits.array import array_to_json

# Quantities on the scale of the loss share its figure; KL is some twenty times smaller.
_LEFT = ("loss", "reconstruction_loss")
# The pointer reads values at the nearest of this many points.
_READ_POINTS = 300
# The page names at most this many events.
_MOST_EVENTS = 60


class _Panel:
    def __init__(self, x: bqplot.Scale, x_axis: bqplot.Axis) -> None:
        self.linear, self.log = bqplot.LinearScale(), bqplot.LogScale()
        scales = {"x": x, "y": self.linear}
        plain = {"enable_hover": False}
        self.training = bqplot.Lines(scales=scales, line_style="solid", stroke_width=2, **plain)
        self.validation = bqplot.Lines(scales=scales, line_style="dashed", stroke_width=2, **plain)
        self.others = bqplot.Lines(scales=scales, line_style="solid", stroke_width=1, **plain)
        self.others_validation = bqplot.Lines(
            scales=scales, line_style="dashed", stroke_width=1, **plain
        )
        self.best = bqplot.Scatter(
            scales=scales, marker="diamond", default_size=48, x=[0.0], y=[0.0], visible=False
        )
        self.y_axis = bqplot.Axis(scale=self.linear, side="left", tick_format=".4~g")
        self.figure = bqplot.Figure(
            marks=[
                *(self.others, self.others_validation),
                *(self.training, self.validation, self.best),
            ],
            axes=[x_axis, self.y_axis],
            fig_margin={"top": 8, "bottom": 40, "left": 56, "right": 16},
            animation_duration=0,
            display_toolbar=False,
            layout=ipywidgets.Layout(height="auto", width="auto"),
        )
        # Not the figure's own title, because bqplot misses changes of it while it renders.
        self.title = ipywidgets.Label()
        self.title.add_class("vw-curves-title")
        self.box = ipywidgets.VBox(
            [self.title, self.figure], layout=ipywidgets.Layout(min_width="300px", flex="1 1 0")
        )


class LossCurves(ClosingWidget, ipywidgets.HBox):
    """The curves of a `TrainingHistory`: loss and reconstruction left, the other metrics right.

    Light lines are steps, strong ones epochs (or steps, without epochs), dashed ones the
    validation, thin ones other runs. A diamond is the best epoch. `readout` is what the page reads
    at the pointer and the events that it marks.
    """

    readout: dict[str, Any]

    def __init__(self) -> None:
        self._x = bqplot.LinearScale(min=0.0, max=1.0)
        self._x_axis = bqplot.Axis(scale=self._x, tick_format=".4~g", label="epoch")
        self._panels = (_Panel(self._x, self._x_axis), _Panel(self._x, self._x_axis))
        self.readout = {}
        super().__init__(
            [panel.box for panel in self._panels],
            layout=ipywidgets.Layout(flex_flow="row wrap", width="100%"),
        )
        self._dom_classes = ("vw-curves", "vw-curves-waiting")

    @property
    def detached_parts(self) -> list[ipywidgets.Widget]:
        """The scales, of which an axis has one at a time."""
        return [scale for panel in self._panels for scale in (panel.linear, panel.log)]

    def plan(
        self,
        history: TrainingHistory,
        hidden: Collection[str] = (),
        view: View | None = None,
        total: int | None = None,
        steps_per_epoch: int | None = None,
        others: Mapping[str, TrainingHistory | None] | None = None,
    ) -> list[Send]:
        """Return the messages, one an entry, that bring the curves up to date.

        `hidden` metrics are not drawn; `total` epochs and `steps_per_epoch` may be unknown;
        `others` are histories to draw behind, by name, None for one that is hidden.
        """
        view = view or View()
        metrics = ordered_metrics(history.metrics())
        left = [name for name in metrics if name in _LEFT]
        right = [name for name in metrics if name not in _LEFT]
        if not left:
            left, right = right, []
        low, high = view.zoom or axis_range(history, total, steps_per_epoch)
        self.readout = _readout(history, metrics, hidden, steps_per_epoch, (low, high))
        messages = changes(
            self, _dom_classes=("vw-curves",) if metrics else ("vw-curves", "vw-curves-waiting")
        )
        # Axes before their data: new data make bqplot write the numbers of the axis a moment later,
        # in the format that it has by then.
        messages += changes(self._x_axis, **x_axis(history, low, high))
        groups = [[name for name in names if name not in hidden] for names in (left, right)]
        # A figure without curves gives its place to the other one; one of them always stays.
        stay = (groups[0] or not groups[1], groups[1] or not metrics)
        for panel, names, seen, stays in zip(
            self._panels, (left, right), groups, stay, strict=True
        ):
            messages += changes(panel.box.layout, display=None if stays else "none")
            if stays:
                behind = _behind(seen, history, view, others or {})
                messages += changes(panel.title, value=title_of(seen, metrics))
                messages += self._plan_lines(
                    panel, names, seen, history, view, steps_per_epoch, behind
                )
                messages += self._plan_others(panel, view, behind)
        return messages + changes(self._x, min=low, max=high)

    def _plan_lines(
        self,
        panel: _Panel,
        names: list[str],
        seen: list[str],
        history: TrainingHistory,
        view: View,
        steps_per_epoch: int | None,
        behind: "_Behind",
    ) -> list[Send]:
        colours = colours_of(ordered_metrics(history.metrics()))
        made = [
            lines_of(history, name, steps_per_epoch, view) if name in seen else NO_LINES
            for name in names
        ]
        training = [line for lines in made for line in lines[:2]]
        validation = [line for lines in made for line in lines[2:]]
        scale = panel.log if view.log_scale else panel.linear
        drawn = training + validation + behind.training + behind.validation
        messages = changes(panel.y_axis, scale=scale, **y_axis(drawn, view.log_scale))
        # The steps step back once the epochs make a line of their own.
        light = 0.35 if any(line.shape[1] > 1 for line in training[1::2]) else 1.0
        position = {"x": self._x, "y": scale}
        look = [colours[name] for name in names for _ in range(2)]
        for mark, lines, faint in (
            (panel.training, training, light),
            (panel.validation, validation, 0.35),
        ):
            rows = _rows(lines, [faint, 1.0] * len(names), drawn=len(mark.opacities))
            if rows:
                messages += changes(mark, **rows, scales=position, colors=look)
        best = best_epoch(history) if "loss" in seen else None
        if best and not (view.log_scale and best[1] <= 0):
            inside = view.zoom is None or view.zoom[0] <= best[0] <= view.zoom[1]
            x, y = (np.array([value]) for value in best)
            messages += changes(
                panel.best, x=x, y=y, scales=position, colors=[colours["loss"]], visible=inside
            )
        else:
            # On a line, because the axis also makes room for invisible marks.
            x, y = next((line[:, :1] for line in drawn if line.shape[1]), np.ones((2, 1)))
            messages += changes(panel.best, x=x, y=y, scales=position, visible=False)
        return messages

    def _plan_others(self, panel: _Panel, view: View, behind: "_Behind") -> list[Send]:
        messages = []
        position = {"x": self._x, "y": panel.log if view.log_scale else panel.linear}
        for mark, lines in (
            (panel.others, behind.training),
            (panel.others_validation, behind.validation),
        ):
            rows = _rows(lines, [1.0] * len(lines), drawn=len(mark.opacities))
            if rows:
                look = behind.colours or mark.colors
                messages += changes(mark, **rows, scales=position, colors=look)
        return messages


class _Behind(NamedTuple):
    training: list[Line]
    validation: list[Line]
    colours: list[str]


def _behind(
    seen: list[str],
    history: TrainingHistory,
    view: View,
    others: Mapping[str, TrainingHistory | None],
) -> _Behind:
    behind = _Behind([], [], [])
    for i, other in enumerate(others.values()):
        if other is None or other.has_epochs != history.has_epochs:
            continue  # hidden, or on another axis
        for name in seen:
            lines = lines_of(other, name, None, view)
            behind.training.append(lines.strong if lines.strong.shape[1] > 1 else lines.light)
            behind.validation.append(lines.validation)
            behind.colours.append(RUN_COLOURS[i % len(RUN_COLOURS)])
    return behind


def _readout(
    history: TrainingHistory,
    metrics: list[str],
    hidden: Collection[str],
    steps_per_epoch: int | None,
    limits: tuple[float, float],
) -> dict[str, Any]:
    series, points = [], [NO_LINE]
    for name in metrics:
        if name in hidden:
            continue
        for twin in (name, VALIDATION + name):
            steps, epochs = values_of(history, twin, steps_per_epoch)
            x, y = epochs if len(epochs[0]) > 1 else steps
            within = (limits[0] <= x) & (x <= limits[1])
            x, y = decimate(x[within], y[within], _READ_POINTS)
            if len(x):
                kind = "validation" if twin != name else "training"
                series.append({"label": label_of(name), "kind": kind, "count": len(x)})
                points.append(np.stack([x, y]).astype(np.float32))
    return {
        "axis": "epoch" if history.has_epochs else "step",
        "unit": unit_of(metrics),
        "limits": list(limits),
        "series": series,
        "points": array_to_json(np.concatenate(points, axis=1)),
        "events": _events(history, steps_per_epoch, limits),
    }


def _events(
    history: TrainingHistory, steps_per_epoch: int | None, limits: tuple[float, float]
) -> list[dict[str, Any]]:
    actions = history.actions
    if not actions:
        return []
    at = history.epoch_of(np.array([action.step for action in actions]), steps_per_epoch)
    return [
        {"at": float(x), "text": action.text}
        for x, action in zip(at, actions, strict=True)
        if limits[0] <= x <= limits[1]
    ][-_MOST_EVENTS:]


def _rows(lines: list[Line], opacities: list[float], drawn: int) -> dict[str, Any]:
    """Return lines of any length as x and y (rows, n) and opacities (rows), as bqplot wants them.

    Empty rows, at least `drawn` in all, are transparent: bqplot keeps the path of a lost row.
    """
    ends = [line[:, -1:] for line in lines if line.shape[1]]
    if not ends and not drawn:
        return {}
    missing = max(0, drawn - len(lines))
    lines = lines + [NO_LINE] * missing
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
