"""The plots of a training run: loss and reconstruction loss left, the other metrics right."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from vae_widgets.core.training.history import TrainingHistory
from vae_widgets.widgets.curve_plot import Axis, CurvePlot, Line, Points, Rule
from vae_widgets.widgets.curve_plot.description import Margin
from vae_widgets.widgets.curve_plot.figure import Style
from vae_widgets.widgets.training_monitor.curve_axes import title_of, x_axis, y_axis
from vae_widgets.widgets.training_monitor.curve_lines import (
    NO_LINE,
    NO_LINES,
    View,
    axis_range,
    best_epoch,
    colour_of_run,
    colours_of,
    label_of,
    lines_of,
    ordered_metrics,
)

# Quantities on the scale of the loss share its figure; KL is some twenty times smaller.
LEFT = ("loss", "reconstruction_loss")
# Of lines, from back to front: other runs, and their validation; this run, and its validation.
STYLES = (Style(False, 1), Style(True, 1), Style(False, 2), Style(True, 2))
_MARGIN = Margin(8, 16, 40, 56)
_FAINT = 0.35
_NOWHERE = np.zeros(0)
# bqplot's default: a 40th of the height stays empty above and below the curves.
_PADDING = 0.025
# Before the name of a run that is hidden.
RUN_PREFIX = "run:"
# At most this many events are marked.
_MOST_EVENTS = 60


@dataclass(frozen=True)
class Run:
    """What there is to draw of a training run at one moment: what it has computed stays.

    Attributes
    ----------
    history
        The metrics of the run.
    hidden
        Names of metrics that are not drawn, and "run:" before names of runs.
    view
        How the curves are looked at.
    total, steps_per_epoch
        Number of epochs of the whole run and length of an epoch. None if unknown.
    others
        Histories to draw behind, by name.
    """

    history: TrainingHistory
    hidden: Collection[str] = ()
    view: View = field(default_factory=View)
    total: int | None = None
    steps_per_epoch: int | None = None
    others: Mapping[str, TrainingHistory] = field(default_factory=dict)

    @cached_property
    def metrics(self) -> list[str]:
        """Names of the metrics to show, in their order."""
        return ordered_metrics(self.history.metrics())

    @cached_property
    def whole(self) -> tuple[float, float]:
        """Ends of the x axis without a zoom."""
        return axis_range(self.history, self.total, self.steps_per_epoch)

    @cached_property
    def limits(self) -> tuple[float, float]:
        """Ends of the x axis."""
        return self.view.zoom or self.whole

    def panels(self) -> tuple[list[str], list[str]]:
        """Return the metrics of the left and the right plot."""
        metrics = self.metrics
        left = [name for name in metrics if name in LEFT]
        right = [name for name in metrics if name not in LEFT]
        return (left, right) if left else (right, [])

    def seen(self, names: list[str]) -> list[str]:
        """Return those of some metrics that are not hidden."""
        return [name for name in names if name not in self.hidden]

    def plots(self) -> list[CurvePlot]:
        """Return the plots that have curves, or one that says that all are hidden."""
        groups = [names for names in self.panels() if names]
        seen = [names for names in groups if self.seen(names)]
        return [plot_of(self, names) for names in seen or groups[:1]]

    @cached_property
    def best(self) -> tuple[float, float] | None:
        """The best epoch and its loss, where the axes show them."""
        best, (low, high) = best_epoch(self.history), self.limits
        drawable = best and low <= best[0] <= high and not (self.view.log_scale and best[1] <= 0)
        return best if drawable else None

    @cached_property
    def events(self) -> list[Rule]:
        """What was done to the run, where the axis shows it."""
        actions, (low, high) = self.history.actions, self.limits
        if not actions:
            return []
        steps = np.array([action.step for action in actions])
        at = self.history.epoch_of(steps, self.steps_per_epoch).tolist()
        events = [Rule(x, action.text) for x, action in zip(at, actions, strict=True)]
        return [event for event in events if low <= event.x <= high][-_MOST_EVENTS:]


def empty_plot() -> CurvePlot:
    """Return the plot of a run that has not begun."""
    best = Points("best epoch", "#3f90da", _NOWHERE, _NOWHERE, marker="diamond")
    return CurvePlot(
        "",
        Axis("epoch", (0.0, 1.0), tick_format=".4~g"),
        Axis(tick_format=".4~g", padding=_PADDING),
        points=best,
        margin=_MARGIN,
    )


def plot_of(run: Run, names: list[str]) -> CurvePlot:
    """Return the plot of some metrics of a run.

    Light lines are steps, strong ones epochs (or steps, without epochs), dashed ones the
    validation, thin ones other runs. A hidden metric has lines without points, so that the lines of
    the others stay in their places.
    """
    seen, view = run.seen(names), run.view
    colours = colours_of(run.metrics)
    made = {
        name: lines_of(run.history, name, run.steps_per_epoch, view) if name in seen else NO_LINES
        for name in names
    }
    # The steps step back once the epochs make a line of their own.
    light = _FAINT if any(lines.strong.shape[1] > 1 for lines in made.values()) else 1.0
    lines = _behind(run, seen)
    for name, (faint, strong, validation_faint, validation) in made.items():
        training, twin = label_of(name), f"{label_of(name)}, validation"
        for title, (x, y), dashed, opacity in (
            (training, faint, False, light),
            (training, strong, False, 1.0),
            (twin, validation_faint, True, _FAINT),
            (twin, validation, True, 1.0),
        ):
            lines.append(Line(title, colours[name], x, y, dashed, opacity=opacity))
    low, high = run.limits
    best = run.best if "loss" in seen else None
    x, y = np.array([best]).T if best else NO_LINE
    return CurvePlot(
        title_of(seen, run.metrics),
        Axis(domain=(low, high), **x_axis(run.history, low, high)),
        Axis(
            scale="log" if view.log_scale else "linear",
            padding=_PADDING,
            **y_axis([line.y for line in lines], view.log_scale),
        ),
        lines=tuple(lines),
        points=Points("best epoch", colours["loss"], x, y, marker="diamond"),
        rules=tuple(run.events),
        margin=_MARGIN,
    )


def _behind(run: Run, seen: list[str]) -> list[Line]:
    lines = []
    for i, (run_name, other) in enumerate(run.others.items()):
        if RUN_PREFIX + run_name in run.hidden or other.has_epochs != run.history.has_epochs:
            continue  # hidden, or on another axis
        colour = colour_of_run(i)
        for name in seen:
            made = lines_of(other, name, None, run.view)
            training = made.strong if made.strong.shape[1] > 1 else made.light
            label = f"{label_of(name)} {run_name}"
            for title, dashed, (x, y) in (
                (label, False, training),
                (f"{label}, validation", True, made.validation),
            ):
                lines.append(Line(title, colour, x, y, dashed, width=1))
    return lines
