"""The curves of `AnomalyHistogram`, each with the operating point: precision-recall, ROC, cost."""

from collections.abc import Mapping
from typing import Any

import bqplot
import ipywidgets
import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.curves import Curve, curve
from vae_widgets.core.histogram import ScoreGrid
from vae_widgets.core.thresholds.labelled import expected_cost

# The panel is some 300 pixels wide: points closer than this are one to the eye.
CELLS = 512

_WITHOUT_LABELS = (
    "<b>Precision and recall need labels.</b><p>Pass <code>labels</code> (1 = anomalous, "
    "0 = normal, None where unknown). A few dozen are enough to see how many alerts are right "
    "(precision) and how many anomalies are caught (recall), and to choose the threshold with the "
    "best F1.</p><p>Without labels the alert rate is what a threshold can promise.</p>"
)
_WITHOUT_ANOMALIES = (
    "<b>No sample is labelled anomalous.</b><p>Recall is undefined, and the precision of every "
    "threshold is 0. One anomalous label is enough for a first curve.</p>"
)


class ThresholdCurves(ipywidgets.VBox):
    """Panels to switch between, in the page alone; a text where labels are missing.

    Parameters
    ----------
    scores
        float64 (n,).
    labels
        float64 (n,): 1 anomalous, 0 normal, NaN without label; or None.
    grid
        Of the classes normal, anomalous and perhaps unlabelled: where the cost is drawn.
    costs
        Of `core.thresholds.cost_threshold`.

    Attributes
    ----------
    points : list
        The operating point of each panel; empty without labels.
    axes : list
        What each of them shows: names of x and y in the page's metrics.
    """

    def __init__(
        self,
        scores: NDArray[np.float64],
        labels: NDArray[np.float64] | None,
        grid: ScoreGrid,
        costs: Mapping[str, float],
    ) -> None:
        super().__init__(layout=ipywidgets.Layout(width="100%"))
        self.add_class("vw-figure")
        self.points: list[bqplot.Scatter] = []
        self.axes: list[tuple[str, str]] = []
        if labels is None or not (labels == 1).any():
            text = _WITHOUT_LABELS if labels is None else _WITHOUT_ANOMALIES
            self.children = [ipywidgets.HTML(text).add_class("vw-note")]
            return
        self._curve = curve(scores, labels)
        panels = {"Precision-recall": self._precision_recall()}
        if self._curve.n_normal:
            panels["ROC"] = self._roc()
            false, true = grid.at_or_above[:2].astype(np.int64)
            self._on_grid = Curve(
                grid.thresholds, true, false, self._curve.n_anomalous, self._curve.n_normal
            )
            panels["Cost"] = self._cost(costs)
        switch = ipywidgets.ToggleButtons(options=list(panels), style={"button_width": "auto"})
        stack = ipywidgets.Stack(list(panels.values()), selected_index=0)
        ipywidgets.jslink((switch, "index"), (stack, "selected_index"))
        self.children = [switch, stack]

    def show(self, metrics: Mapping[str, float], threshold: float) -> None:
        """Move the operating points; one is nowhere while what it shows is undefined."""
        if not self.points:
            return
        values = {**metrics, "threshold": threshold}
        if len(self.points) > 1:
            false, true = metrics["false_positives"], metrics["true_positives"]
            values["false_positive_rate"] = false / self._curve.n_normal
            here = Curve(
                np.array([threshold]),
                np.array([true], np.int64),
                np.array([false], np.int64),
                self._curve.n_anomalous,
                self._curve.n_normal,
            )
            values["cost"] = float(expected_cost(here, **self._costs)[1])
        for point, (x, y) in zip(self.points, self.axes, strict=True):
            defined = np.isfinite(values[x]) and np.isfinite(values[y])
            with point.hold_sync():
                point.x = np.array([values[x]] if defined else [])
                point.y = np.array([values[y]] if defined else [])

    def weigh(self, costs: Mapping[str, float]) -> None:
        """Draw the cost of every threshold for these costs."""
        if len(self.points) < 2:
            return
        self._costs = costs
        cost = expected_cost(self._on_grid, **costs)[1:]
        with self._cost_line.hold_sync():
            self._cost_line.x, self._cost_line.y = self._on_grid.thresholds, cost
        # bqplot would keep the limits that were set before.
        low, high = float(cost.min()), float(cost.max())
        self._cost_scale.min = min(0.0, low)
        self._cost_scale.max = high + 0.05 * (high - low) or 1.0
        lowest = expected_cost(self._curve, **costs).min()  # of all thresholds, not of the grid's
        self._cost_figure.title = f"Lowest cost {lowest:.4g} a sample"

    def _precision_recall(self) -> bqplot.Figure:
        points = self._curve
        # Flagging at random has the share of anomalous samples as its precision.
        share = points.n_anomalous / (points.n_anomalous + points.n_normal)
        return self._figure(
            ("recall", "precision"),
            f"Average precision {points.average_precision:.3f}",
            _line(*_thinned(points.recall, points.precision)),
            _chance([share, share]),
        )

    def _roc(self) -> bqplot.Figure:
        points = self._curve
        rate, recall = np.append(0, points.false_positive_rate), np.append(0, points.recall)
        return self._figure(
            ("false_positive_rate", "recall"),
            f"Area under the ROC curve {points.auroc:.3f}",
            _line(*_thinned(rate, recall)),
            _chance([0.0, 1.0]),
        )

    def _cost(self, costs: Mapping[str, float]) -> bqplot.Figure:
        thresholds = self._on_grid.thresholds
        self._cost_line = _line(thresholds, np.zeros(len(thresholds)))
        self._cost_scale = bqplot.LinearScale(min=0.0, max=1.0)
        x = bqplot.LinearScale(min=float(thresholds[0]), max=float(thresholds[-1]))
        self._cost_figure = self._figure(
            ("threshold", "cost"), "", self._cost_line, scales={"x": x, "y": self._cost_scale}
        )
        self.weigh(costs)
        return self._cost_figure

    def _figure(
        self,
        shown: tuple[str, str],
        title: str,
        *lines: bqplot.Lines,
        scales: dict[str, Any] | None = None,
    ) -> bqplot.Figure:
        """Return a figure of lines and an operating point; both axes are shares by default."""
        ticks: dict[str, Any] = {"grid_lines": "solid"}
        if scales is None:
            scales = {axis: bqplot.LinearScale(min=0.0, max=1.0) for axis in "xy"}
            ticks |= {"tick_values": np.linspace(0, 1, 6), "tick_format": ".1f"}
        for line in lines:
            line.scales = scales
        point = bqplot.Scatter(
            x=np.zeros(0),
            y=np.zeros(0),
            scales=scales,
            colors=["#e76300"],
            stroke="white",
            default_size=96,
        )
        self.points.append(point)
        self.axes.append(shown)
        x, y = (name.replace("_", " ") for name in shown)
        return bqplot.Figure(
            marks=[*lines[::-1], point],
            axes=[
                bqplot.Axis(scale=scales["x"], label=x, **ticks),
                bqplot.Axis(scale=scales["y"], label=y, side="left", **ticks),
            ],
            title=title,
            fig_margin={"top": 36, "bottom": 40, "left": 48, "right": 16},
            padding_y=0,
            display_toolbar=False,
            animation_duration=0,
            layout=ipywidgets.Layout(width="100%", height="304px", min_width="0"),
        )


def _line(x: NDArray[np.float64], y: NDArray[np.float64]) -> bqplot.Lines:
    return bqplot.Lines(x=x, y=y, colors=["#3f90da"], scales=_any_scales())


def _chance(y: list[float]) -> bqplot.Lines:
    return bqplot.Lines(
        x=[0.0, 1.0],
        y=y,
        colors=["#94a4a2"],
        line_style="dashed",
        stroke_width=1,
        scales=_any_scales(),
    )


def _any_scales() -> dict[str, Any]:
    return {"x": bqplot.LinearScale(), "y": bqplot.LinearScale()}


def _thinned(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a curve in the unit square without the points that would be drawn on another."""
    cells = np.rint(x * CELLS) * (CELLS + 1) + np.rint(y * CELLS)
    keep = np.append(True, np.diff(cells) != 0)
    keep[-1] = True
    return x[keep], y[keep]
