"""The parts that an `AnomalyHistogram` shows, and how they are brought up to date together."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import ipywidgets
from numpy.typing import NDArray

from vae_widgets.core.scores.labelled_scores import LabelledScores
from vae_widgets.core.thresholds import METHODS, Threshold
from vae_widgets.rendering import Renderer
from vae_widgets.widgets.anomaly_histogram.bootstrap_panel import BootstrapPanel
from vae_widgets.widgets.anomaly_histogram.histogram_canvas import ScoreCanvas
from vae_widgets.widgets.anomaly_histogram.sample_strip import ScoreStrip
from vae_widgets.widgets.anomaly_histogram.still_picture import Bars
from vae_widgets.widgets.base.after_cell import after_cell

if TYPE_CHECKING:
    from vae_widgets.widgets.anomaly_histogram.curves import ThresholdCurves

_CURVES_HEIGHT = "340px"
"""What the curves take, kept free until they are there."""


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
        self._costs: Mapping[str, float] = METHODS["cost"].parameters
        self.canvas.costs = list(self._costs.values())
        self.intervals = BootstrapPanel(bootstrap)
        self._curves: ThresholdCurves | None = None
        self._point: tuple[Mapping[str, float], float] | None = None
        layout = _column("2 1 260px")
        layout.min_height = _CURVES_HEIGHT
        self._aside = ipywidgets.VBox([self.intervals], layout=layout)
        after_cell(self._cell_ended)
        self.strip: ScoreStrip | None = None
        if items is not None and renderer is not None:
            self.strip = ScoreStrip(scores, items, renderer, n_tiles)

    @property
    def curves(self) -> "ThresholdCurves":
        """Precision-recall, ROC and cost.

        bqplot, which draws them, takes a second to import. So they are made after the cell has
        shown the rest, or when they are first asked for.
        """
        if self._curves is None:
            self._curves = self._made_curves()
        return self._curves

    def _made_curves(self) -> "ThresholdCurves":
        from vae_widgets.widgets.anomaly_histogram.curves import ThresholdCurves

        curves = ThresholdCurves(self._scores, self.canvas, self._costs)
        self.canvas.follow(curves.points, curves.axes)
        if self._point:
            curves.show(*self._point)
        self._aside.children = [curves, self.intervals]
        self._aside.layout.min_height = None
        return curves

    def _cell_ended(self) -> None:
        if self._curves is None and self.canvas.comm is not None:  # it was not closed meanwhile
            self._curves = self._made_curves()

    @property
    def widgets(self) -> list[ipywidgets.Widget]:
        """All of them, from top to bottom."""
        layout = ipywidgets.Layout(flex="1 0 auto", flex_flow="row wrap")
        top = ipywidgets.HBox([self.canvas, self._aside], layout=layout).add_class("vw-scores-top")
        return [top, self.strip] if self.strip else [top]

    def show(self, chosen: Threshold, metrics: Mapping[str, float], picked_item: int) -> None:
        """Show another threshold."""
        self.canvas.show(chosen)
        if chosen.method == "cost":
            self._costs = chosen.parameters
            self.canvas.costs = list(chosen.parameters.values())
            if self._curves:
                self._curves.weigh(chosen.parameters)
        self._move_points(metrics, chosen.threshold)
        self.intervals.clear()
        if self.strip:
            self.strip.show_threshold(chosen.threshold)
            self.strip.frame(picked_item)

    def show_labels(self, metrics: Mapping[str, float], threshold: float) -> None:
        """Show labels that have changed."""
        with self.canvas.hold_sync():  # the page never sees counts of some labels with others
            self.canvas.relabel()
            self.canvas.count(threshold)
            if self._curves:
                self._curves.draw()
                self.canvas.follow(self._curves.points, self._curves.axes)
        self._move_points(metrics, threshold)
        self.intervals.clear()
        if self.strip:
            self.strip.show_labels()

    def _move_points(self, metrics: Mapping[str, float], threshold: float) -> None:
        self._point = metrics, threshold
        if self._curves:
            self._curves.show(metrics, threshold)

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
