"""The canvas of `AnomalyHistogram`: bars and a threshold that moves without the kernel."""

import re
from typing import Any

import ipywidgets
import numpy as np
import traitlets
from ipywidgets import widget_serialization
from numpy.typing import NDArray

from vae_widgets.core.pairing import index_to_json
from vae_widgets.core.scores.histogram import ScoreGrid, quantiles, score_grid
from vae_widgets.core.scores.labelled_scores import LabelledScores
from vae_widgets.core.scores.policy import hash_data
from vae_widgets.core.scores.reviewed_precision import ReviewedPrecision
from vae_widgets.core.thresholds import METHODS, Threshold
from vae_widgets.widgets.base.assets import KERNEL_ID, bundle
from vae_widgets.widgets.base.messages import PAGE
from vae_widgets.widgets.base.widget import CanvasWidget, PageContents
from vae_widgets.widgets.traits.array import Array, Number, array_to_json

PERCENTILES = (50, 90, 95, 99, 99.9)
"""Marked along the top."""


class ScoreCanvas(CanvasWidget):
    """Draw scores as a histogram with a threshold.

    The page gets exact counts at a grid of thresholds (`core.histogram`): a drag needs no message.
    """

    grid: ScoreGrid
    at_or_above: NDArray[np.uint32]
    reviewed: ReviewedPrecision | None

    _esm = bundle("histogram_canvas.js")
    _css = bundle("histogram_canvas.css")

    # The data and the kernel, by which storage/kept_state.ts keeps traits.
    _origin = traitlets.Dict().tag(sync=True)
    threshold = Number(0.0).tag(**PAGE)
    class_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    score_name = traitlets.Unicode("score").tag(sync=True)
    method = traitlets.Unicode("manual").tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)
    warning = traitlets.Unicode("").tag(sync=True)  # what the labels say against the scores
    parameters = traitlets.Dict().tag(sync=True)  # of the method
    # What may be chosen: name, title, whether it needs labels, and of its parameters the name, the
    # step, the lowest value if there is one, and whether None will do.
    methods = traitlets.List(traitlets.Dict()).tag(sync=True)
    log_counts = traitlets.Bool(False).tag(sync=True, page_writes=True)
    full_range = traitlets.Bool(False).tag(sync=True, page_writes=True)
    # Moved by the page while the threshold is dragged, so that the curves answer at once too: what
    # each shows (names of x and y), and the costs in the order of METHODS["cost"].parameters.
    operating_points = traitlets.List(traitlets.Instance(ipywidgets.Widget)).tag(
        sync=True, **widget_serialization
    )
    point_axes = traitlets.List(traitlets.Tuple()).tag(sync=True)
    costs = traitlets.List(traitlets.Float()).tag(sync=True)
    # Scatters whose threshold the page moves while ours is dragged.
    followers = traitlets.List(traitlets.Instance(ipywidgets.Widget)).tag(
        sync=True, **widget_serialization
    )
    # Scatters in which the page outlines what is flagged, and the samples by ascending score.
    outlined = traitlets.List(traitlets.Instance(ipywidgets.Widget)).tag(
        sync=True, **widget_serialization
    )
    _order = Array("uint32", 1).tag(sync=True)
    _selected = traitlets.Dict().tag(sync=True)  # of the selection: counts on the grid
    # One trait each, so that the page never mixes the counts of two grids or thresholds.
    _grid = traitlets.Dict().tag(sync=True)
    _counted = traitlets.Dict().tag(sync=True)

    def __init__(
        self, scores: LabelledScores, index: Any = None, bins: int | None = None, **state: Any
    ) -> None:
        self._scores = scores
        self._index = index
        self._selection = np.zeros(0)
        self._bins = bins
        origin = {"data": hash_data(scores.scores, None), "kernel": KERNEL_ID}
        self.lay_grid()  # first, so that the page never has a widget without it
        super().__init__(_origin=origin, **state)
        self.observe(lambda change: self.lay_grid(), "full_range")
        self.handle(self._answer_scores, "scores")

    def show(self, chosen: Threshold) -> None:
        """Move the line to a threshold and say how it was chosen."""
        threshold = chosen.threshold
        with self.hold_sync():
            self.count(threshold)
            self.threshold = threshold
            self.method = chosen.method
            self.parameters = dict(chosen.parameters)
            self.status = f"{chosen.explanation} {chosen.assumes}".strip()

    def count(self, threshold: float) -> None:
        """Send the exact counts of a threshold, which may lie between two of the grid."""
        reviewed = None
        if self._scores.partly_labelled:
            found = self._scores.reviewed_precision(threshold)
            reviewed = [_or_none(of[0]) for of in (found.precision, found.low, found.high)]
            reviewed.append(int(found.n_drawn[0]))
        counts = self._scores.at_or_above(np.array([threshold]))[:, 0].tolist()
        below = float(np.nextafter(threshold, -np.inf))
        self._counted = {
            "threshold": threshold,
            "at_or_above": counts,
            "above": below if below in self._scores else None,
            "around": self._scores.around(threshold),
            "reviewed": reviewed,
        }

    def follow(self, points: list[ipywidgets.Widget], axes: list[tuple[str, str]]) -> None:
        """Move these operating points with the threshold, in the page alone."""
        with self.hold_sync():
            self.operating_points, self.point_axes = points, axes

    def lay_grid(self) -> None:
        """Lay a grid of thresholds over the scores, and send the counts at each."""
        scores = self._scores
        self.grid = score_grid(
            [scores.ascending],
            scores=scores.ascending,
            full_range=self.full_range,
            bins=self._bins,
        )
        self.relabel()
        self._count_selected()

    def bars(self) -> tuple[NDArray[np.float64], dict[str, NDArray[np.int64]]]:
        """Return the bars: the edges of the bins (m + 1,), and the counts (m,) by kind of label."""
        every = slice(None, None, self.grid.steps_per_bin)
        counts = -np.diff(self.at_or_above[:, every].astype(np.int64))
        return self.grid.thresholds[every], dict(zip(self._scores.totals(), counts, strict=True))

    def carried(self, page: PageContents) -> dict[str, Any]:
        """Return the grids of thresholds with and without the extreme scores."""
        ascending = self._scores.ascending
        grids = {}
        for name, full_range in (("clipped", False), ("full", True)):
            grid = score_grid([ascending], scores=ascending, full_range=full_range, bins=self._bins)
            grids[name] = {
                "thresholds": grid.thresholds,
                "steps_per_bin": grid.steps_per_bin,
                "clipped": grid.clipped,
            }
        return {"grids": grids}

    def select(self, indices: NDArray[Any]) -> None:
        """Show which part of each bar is selected elsewhere; nothing if no sample is."""
        self._selection = np.sort(self._scores.scores[indices])
        self._count_selected()

    def add_outlined(self, scatter: ipywidgets.Widget) -> None:
        """Let the page outline what is flagged in a scatter while it moves the threshold."""
        self._order = self._scores.order
        self.outlined = [*self.outlined, scatter]

    def remove_outlined(self, scatter: ipywidgets.Widget) -> None:
        """Remove one entry of a scatter; each link has its own."""
        self.outlined = _without(self.outlined, scatter)

    def add_follower(self, scatter: ipywidgets.Widget) -> None:
        """Let the page move the threshold of a scatter while it moves this one."""
        self.followers = [*self.followers, scatter]

    def remove_follower(self, scatter: ipywidgets.Widget) -> None:
        """Remove one entry of a scatter; each link has its own."""
        self.followers = _without(self.followers, scatter)

    def _answer_scores(self, message: dict[str, Any]) -> dict[str, Any]:
        scores, labels = self._scores.scores, self._scores.labels
        known = np.full(len(scores), np.nan) if labels is None else labels
        return {
            "scores": array_to_json(scores),
            "labels": array_to_json(known),
            "keys": index_to_json(self._index),
        }

    def _count_selected(self) -> None:
        selection = self._selection
        above = len(selection) - np.searchsorted(selection, self.grid.thresholds)
        self._selected = {
            "total": len(selection),
            "at_or_above": array_to_json(above.astype(np.uint32)),
        }

    def relabel(self) -> None:
        """Send the counts after labels have changed."""
        scores, grid = self._scores, self.grid
        totals = scores.totals()
        self.at_or_above = scores.at_or_above(grid.thresholds)
        self.reviewed = None
        if scores.partly_labelled:
            self.reviewed = scores.reviewed_precision(grid.thresholds)
        with self.hold_sync():
            self.class_names = list(totals)
            self.methods = _offered(scores.has_both_kinds)
            self.warning = scores.warning()
            self._grid = {
                "thresholds": array_to_json(grid.thresholds),
                "at_or_above": array_to_json(self.at_or_above),
                "totals": list(totals.values()),
                "steps_per_bin": grid.steps_per_bin,
                "clipped": grid.clipped,
                "lowest": float(scores.ascending[0]),
                "highest": float(scores.ascending[-1]),
                "percentiles": list(
                    zip(
                        PERCENTILES,
                        quantiles(scores.ascending, np.array(PERCENTILES) / 100).tolist(),
                        strict=True,
                    )
                ),
                "reviewed": self.reviewed
                and array_to_json(
                    np.stack(
                        [
                            self.reviewed.precision,
                            self.reviewed.low,
                            self.reviewed.high,
                            self.reviewed.n_drawn,
                        ]
                    )
                ),
            }


def _offered(has_both_kinds: bool) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "title": method.title,
            "labels": method.labels == "needed",
            "parameters": [
                {
                    "name": of,
                    "step": method.step_of(of),
                    "optional": default is None,
                    **({"min": 0} if of.endswith("_cost") else {}),
                }
                for of, default in method.parameters.items()
            ],
        }
        for name, method in METHODS.items()
        if method.labels != "needed" or has_both_kinds
    ]


def in_words_of_the_page(why: str) -> str:
    """Return an error with the methods named as the page names them."""
    for name, method in METHODS.items():
        for said in (f"method={name!r}", f"method {name!r}", repr(name)):
            why = why.replace(
                said, f"\N{LEFT DOUBLE QUOTATION MARK}{method.title}\N{RIGHT DOUBLE QUOTATION MARK}"
            )
        for parameter in method.parameters:
            why = re.sub(rf"\b{parameter}\b", parameter.replace("_", " "), why)
    return why


def _without(widgets: list[Any], one: Any) -> list[Any]:
    at = widgets.index(one) if one in widgets else len(widgets)
    return widgets[:at] + widgets[at + 1 :]


def _or_none(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
