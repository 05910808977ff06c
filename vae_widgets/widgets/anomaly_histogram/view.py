"""The parts that an `AnomalyHistogram` shows, and how they are brought up to date together."""

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets
from numpy.typing import NDArray

from vae_widgets.core.scores.labelled_scores import LabelledScores
from vae_widgets.core.thresholds import METHODS, Threshold
from vae_widgets.rendering import Renderer
from vae_widgets.widgets.anomaly_histogram.bootstrap_panel import BootstrapPanel
from vae_widgets.widgets.anomaly_histogram.curves import ThresholdCurves
from vae_widgets.widgets.anomaly_histogram.histogram_canvas import ScoreCanvas
from vae_widgets.widgets.anomaly_histogram.sample_strip import ScoreStrip
from vae_widgets.widgets.anomaly_histogram.still_picture import Bars


class HistogramView:
    """Bars, curves, intervals and, with `items`, tiles.

    `index` is that of pandas, or None; `bootstrap` is called when intervals are asked for.
    """

    def __init__(
        self,
        scores: LabelledScores,
        index: Any,
        items: NDArray[Any] | None,
        renderer: Renderer | None,
        n_tiles: int,
        bins: int | None,
        score_name: str,
        bootstrap: Callable[[], Any],
    ) -> None:
        self._scores = scores
        column = _column("3 1 380px")
        self.canvas = ScoreCanvas(scores, index, bins, score_name=score_name, layout=column)
        costs = METHODS["cost"].parameters
        self.curves = ThresholdCurves(scores, self.canvas, costs)
        self.canvas.follow(self.curves.points, self.curves.axes)
        self.canvas.costs = list(costs.values())
        self.intervals = BootstrapPanel(bootstrap)
        self.strip: ScoreStrip | None = None
        if items is not None and renderer is not None:
            self.strip = ScoreStrip(scores, items, renderer, n_tiles)

    @property
    def widgets(self) -> list[ipywidgets.Widget]:
        """All of them, from top to bottom."""
        aside = ipywidgets.VBox([self.curves, self.intervals], layout=_column("2 1 260px"))
        layout = ipywidgets.Layout(flex="1 0 auto", flex_flow="row wrap")
        top = ipywidgets.HBox([self.canvas, aside], layout=layout).add_class("vw-scores-top")
        return [top, self.strip] if self.strip else [top]

    def show(self, chosen: Threshold, metrics: Mapping[str, float], picked_item: int) -> None:
        """Show another threshold."""
        self.canvas.show(chosen)
        if chosen.method == "cost":
            self.curves.weigh(chosen.parameters)
            self.canvas.costs = list(chosen.parameters.values())
        self.curves.show(metrics, chosen.threshold)
        self.intervals.clear()
        if self.strip:
            self.strip.show_threshold(chosen.threshold)
            self.strip.frame(picked_item)

    def show_labels(self, metrics: Mapping[str, float], threshold: float) -> None:
        """Show labels that have changed."""
        with self.canvas.hold_sync():  # the page never sees counts of some labels with others
            self.canvas.relabel()
            self.canvas.count(threshold)
            self.curves.draw()
            self.canvas.follow(self.curves.points, self.curves.axes)
        self.curves.show(metrics, threshold)
        self.intervals.clear()
        if self.strip:
            self.strip.show_labels()

    def bars(self) -> Bars:
        """Return what the still picture shows."""
        edges, counts = self.canvas.bars()
        return Bars(
            edges,
            counts,
            self._scores.totals(),
            self.canvas.score_name,
            self.canvas.log_counts,
            self.strip.rows() if self.strip else {},
        )


def _column(flex: str) -> ipywidgets.Layout:
    return ipywidgets.Layout(flex=flex, width="auto", min_width="0")
