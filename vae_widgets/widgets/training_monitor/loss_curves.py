"""The curves of a training run: two figures whose marks are made once and then updated."""

from dataclasses import replace
from typing import Any

import ipywidgets
import numpy as np

from vae_widgets.core.training.history import VALIDATION, TrainingHistory
from vae_widgets.core.training.series import decimate
from vae_widgets.widgets.base.assets import bundle
from vae_widgets.widgets.base.rate_limit import Send, changes
from vae_widgets.widgets.base.widget import ClosingWidget, PageContents
from vae_widgets.widgets.curve_plot import Rule
from vae_widgets.widgets.curve_plot.figure import CurveFigure
from vae_widgets.widgets.training_monitor.curve_axes import x_axis
from vae_widgets.widgets.training_monitor.curve_lines import (
    NO_LINE,
    View,
    best_epoch,
    colour_of_run,
    colours_of,
    label_of,
    unit_of,
    values_of,
)
from vae_widgets.widgets.training_monitor.curve_plots import STYLES, Run, empty_plot, plot_of
from vae_widgets.widgets.traits.array import array_to_json

# The pointer reads values at the nearest of this many points.
_READ_POINTS = 300
# A page without a kernel has this many points of each metric, to zoom into.
_PAGE_POINTS = 4000


class _Panel:
    def __init__(self, x_of: CurveFigure | None = None) -> None:
        layout = ipywidgets.Layout(height="auto", width="auto")
        self.figure = CurveFigure(empty_plot(), STYLES, titled=False, x_of=x_of, layout=layout)
        # Not the figure's own title, because bqplot misses changes of it while it renders.
        self.title = ipywidgets.Label()
        self.title.add_class("vw-curves-title")
        self.box = ipywidgets.VBox(
            [self.title, self.figure],
            layout=ipywidgets.Layout(min_width="min(300px, 100%)", flex="1 1 0"),
        )


class LossCurves(ClosingWidget, ipywidgets.HBox):
    """The curves of a `TrainingHistory`: loss and reconstruction left, the other metrics right.

    `curve_plots.plot_of` says what they show. `readout` is what the page reads at the pointer and
    the events that it marks.
    """

    readout: dict[str, Any]

    def __init__(self) -> None:
        left = _Panel()
        self._panels = (left, _Panel(x_of=left.figure))
        self.readout = {}
        self._run = Run(TrainingHistory())
        self._beside: dict[str, ipywidgets.Widget] = {}
        super().__init__(
            [panel.box for panel in self._panels],
            layout=ipywidgets.Layout(flex_flow="row wrap", width="100%"),
        )
        self._dom_classes = ("vw-curves", "vw-curves-waiting")

    @property
    def detached_parts(self) -> list[ipywidgets.Widget]:
        """The scales, of which an axis has one at a time."""
        return [part for panel in self._panels for part in panel.figure.detached_parts]

    def stand_beside(self, **models: ipywidgets.Widget) -> None:
        """Name the models that an exported page reads and writes (`carried`).

        They are the ``legend`` (`hidden`), the ``controls`` (`log_scale`, `smoothing`, `zoom`,
        `readout`) and the ``replay`` (`limits`).
        """
        self._beside = models

    def carried(self, page: PageContents) -> dict[str, Any]:
        """Return the module that draws the curves in an exported page, which has no bqplot.

        It has every metric, at most 4,000 points of each, so that the page can hide, zoom and
        smooth them by itself.
        """
        run = replace(self._run, hidden=(), view=View())  # as the history is now
        history, metrics = run.history, run.metrics
        low, high = run.whole
        left, _ = run.panels()
        colours, best = colours_of(metrics), best_epoch(history)
        state = {
            "_esm": bundle("training_curves.js"),
            "_css": bundle("training_curves.css"),
            **{name: f"IPY_MODEL_{page.add(model)}" for name, model in self._beside.items()},
            "run": {
                "axis": x_axis(history, low, high)["label"],
                "unit": unit_of(metrics),
                "limits": [low, high],
                "metrics": [
                    {
                        **_page_series(history, name, run.steps_per_epoch),
                        "label": label_of(name),
                        "colour": colours[name],
                        "left": name in left,
                    }
                    for name in metrics
                ],
                "others": [
                    {
                        "name": name,
                        "colour": colour_of_run(i),
                        "metrics": [
                            _page_series(other, metric, None)
                            for metric in metrics
                            if other.has_epochs == history.has_epochs
                        ],
                    }
                    for i, (name, other) in enumerate(run.others.items())
                ],
                "best": best,
                "events": _named(run.events),
            },
        }
        return {"state": state}

    def plan(self, run: Run) -> list[Send]:
        """Return the messages, one an entry, that bring the curves up to date."""
        self._run = run
        self.readout = _readout(run)
        metrics = run.metrics
        messages = changes(
            self, _dom_classes=("vw-curves",) if metrics else ("vw-curves", "vw-curves-waiting")
        )
        groups = run.panels()
        plots = [plot_of(run, names) for names in groups]
        x_axis = plots[0].x
        figure = self._panels[0].figure
        # Ahead of the curves, which may take more messages than a second allows: the page marks
        # events, and the epoch of the replay, by the same ends.
        messages += figure.plan_x_axis(x_axis) + figure.plan_x_range(x_axis)
        # A figure without curves gives its place to the other one; one of them always stays.
        seen = [run.seen(names) for names in groups]
        stay = (seen[0] or not seen[1], seen[1] or not metrics)
        for panel, plot, stays in zip(self._panels, plots, stay, strict=True):
            messages += changes(panel.box.layout, display=None if stays else "none")
            if stays:
                messages += changes(panel.title, value=plot.title)
                messages += panel.figure.plan_curves(plot)
        return messages


def _readout(run: Run) -> dict[str, Any]:
    history, metrics, limits = run.history, run.metrics, run.limits
    series, points = [], [NO_LINE]
    for name in run.seen(metrics):
        for twin in (name, VALIDATION + name):
            steps, epochs = values_of(history, twin, run.steps_per_epoch)
            least = 1 if twin == name else 0  # one epoch is no line, but the only validation value
            x, y = epochs if len(epochs[0]) > least else steps
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
        "events": _named(run.events),
    }


def _named(events: list[Rule]) -> list[dict[str, Any]]:
    return [{"at": event.x, "text": event.text} for event in events]


def _page_series(
    history: TrainingHistory, name: str, steps_per_epoch: int | None
) -> dict[str, Any]:
    """Return name, steps, epochs and validation values of a metric, each x and y (2, n)."""
    steps, epochs = values_of(history, name, steps_per_epoch)
    twin_steps, twin = values_of(history, VALIDATION + name, steps_per_epoch)
    validation = twin if len(twin[0]) else twin_steps
    series = {"steps": steps, "epochs": epochs, "validation": validation}
    wired = {
        key: array_to_json(np.stack(decimate(x, y, _PAGE_POINTS)).astype(np.float32))
        for key, (x, y) in series.items()
    }
    return {"name": name, **wired}
