"""The canvas of `AnomalyHistogram`: bars and a threshold that moves without the kernel."""

from typing import Any

import bqplot
import numpy as np
import traitlets
from ipywidgets import widget_serialization
from numpy.typing import NDArray

from vae_widgets.core.histogram import score_grid
from vae_widgets.core.thresholds import Threshold
from vae_widgets.widgets.base import CanvasWidget, bundle
from vae_widgets.widgets.traits import array_to_json


class ScoreCanvas(CanvasWidget):
    """Draw scores as a histogram with a threshold.

    The page gets exact counts at a grid of thresholds (`core.histogram`), so a drag needs no
    message and its numbers are those that Python will find. The page sets `threshold`, and sends
    ``{"method": "iqr", "value": 1.5}`` for what only Python can choose; without a value, the method
    keeps its parameter.

    Parameters
    ----------
    classes
        Scores by the name of their class: "normal" and "anomalous", perhaps "not labelled"; or
        "samples" alone where there are no labels.
    bins
        About how many bins; None chooses by the data.
    """

    _esm = bundle("score_canvas.js")
    _css = bundle("score_canvas.css")

    threshold = traitlets.Float(0.0).tag(sync=True, echo_update=False)
    class_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    score_name = traitlets.Unicode("score").tag(sync=True)
    method = traitlets.Unicode("manual").tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)
    # Of the method; NaN has no place in JSON.
    parameter = traitlets.Float(None, allow_none=True).tag(sync=True)
    # What may be chosen: name, title, parameter, step, and whether it needs labels.
    methods = traitlets.List(traitlets.Dict()).tag(sync=True)
    log_counts = traitlets.Bool(False).tag(sync=True)
    full_range = traitlets.Bool(False).tag(sync=True)
    # Moved by the page while the threshold is dragged, so that the curves answer at once too: what
    # each shows (names of x and y), and the costs: missed, false alarm, caught, dismissed.
    operating_points = traitlets.List(traitlets.Instance(bqplot.Scatter)).tag(
        sync=True, **widget_serialization
    )
    point_axes = traitlets.List(traitlets.Tuple()).tag(sync=True)
    costs = traitlets.List(traitlets.Float()).tag(sync=True)
    # One trait each, so that the page never sees counts of one grid or threshold with another.
    _grid = traitlets.Dict().tag(sync=True)
    _counted = traitlets.Dict().tag(sync=True)

    def __init__(
        self, classes: dict[str, NDArray[np.float64]], bins: int | None = None, **state: Any
    ) -> None:
        self._classes = [np.sort(scores) for scores in classes.values()]
        self._bins = bins
        super().__init__(class_names=list(classes), **state)
        self._lay_grid()
        self.observe(lambda change: self._lay_grid(), "full_range")

    def show(self, chosen: Threshold) -> None:
        """Move the line to a threshold and say how it was chosen."""
        threshold = chosen.threshold
        counts = [len(of) - int(np.searchsorted(of, threshold)) for of in self._classes]
        with self.hold_sync():
            self._counted = {"threshold": threshold, "at_or_above": counts}
            self.threshold = threshold
            self.method = chosen.method
            self.parameter = next(iter(chosen.parameters.values()), None)
            self.status = f"{chosen.explanation} {chosen.assumes}".strip()

    def refuse(self, why: str) -> None:
        """Say why what the page asked for cannot be; the line stays where it is."""
        self.send({"kind": "refused", "why": why})

    def _lay_grid(self) -> None:
        self.grid = grid = score_grid(self._classes, full_range=self.full_range, bins=self._bins)
        scores = np.concatenate(self._classes)
        self._grid = {
            "thresholds": array_to_json(grid.thresholds),
            "at_or_above": array_to_json(grid.at_or_above),
            "totals": [len(of) for of in self._classes],
            "steps_per_bin": grid.steps_per_bin,
            "clipped": grid.clipped,
            "lowest": float(scores.min()),
            "highest": float(scores.max()),
        }
