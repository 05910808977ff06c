"""The curves of `AnomalyHistogram`, each with the operating point: precision-recall, ROC, cost."""

import math
from collections.abc import Mapping
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.core.scores.labelled_scores import LabelledScores
from vae_widgets.core.thresholds.curves import Curve
from vae_widgets.core.thresholds.labelled import expected_cost
from vae_widgets.core.ticks import round_ticks
from vae_widgets.widgets.anomaly_histogram.histogram_canvas import ScoreCanvas
from vae_widgets.widgets.base.hosted_view import in_marimo
from vae_widgets.widgets.base.widget import CompositeWidget, PageContents
from vae_widgets.widgets.curve_plot import Axis, Band, CurvePlot, Line, Points
from vae_widgets.widgets.curve_plot.figure import CurveFigure, Style

# The panel is about 300 pixels wide. Points closer than this cannot be told apart.
CELLS = 512

_WITHOUT_LABELS = (
    "<b>Precision and recall need labels.</b><p>Pass <code>labels</code>, or <code>anomalies</code>"
    " to an <code>Explorer</code> (1 = anomalous, 0 = normal, None where unknown), or mark samples "
    "in a <code>ReviewQueue</code>. A few dozen are enough to see how many alerts are right "
    "(precision) and how many anomalies are caught (recall), and to choose the threshold with the "
    "best F1.</p><p>Without labels the alert rate is what a threshold can promise.</p>"
)
_WITHOUT_ANOMALIES = (
    "<b>No sample is labelled anomalous.</b><p>Recall is undefined, and the precision of every "
    "threshold is 0. One anomalous label is enough for a first curve.</p>"
)
_PANELS: dict[str, dict[str, Any]] = {
    "Precision-recall": {"x": "recall", "y": "precision"},
    "ROC": {"x": "false_positive_rate", "y": "recall"},
    "Cost": {"x": "threshold", "y": "cost"},
    "All alerts": {"x": "threshold", "y": "precision_of_all_alerts", "banded": True},
}
_COST_WORDS = {
    "false_negative_cost": "for each missed anomaly",
    "false_positive_cost": "for each false alarm",
    "true_positive_cost": "for each true alarm",
    "true_negative_cost": "for each normal sample that is not flagged",
}
_BLUE, _ORANGE, _GREY = "#3f90da", "#e76300", "#94a4a2"


_NOTHING = np.zeros(0)
_STYLES = [Style(dashed=True, width=1), Style(dashed=False, width=2)]


class Panel:
    """One figure of two metrics: a line, perhaps another one or a band, and the operating point."""

    def __init__(self, x: str, y: str, *, banded: bool = False) -> None:
        self.metrics = (x, y)
        x_label, y_label = (name.replace("_", " ") for name in self.metrics)
        plot = CurvePlot(
            "",
            _axis(x_label),
            _axis(y_label),
            band=Band("interval", _BLUE, _NOTHING, _NOTHING, _NOTHING) if banded else None,
            points=Points("threshold", _ORANGE, _NOTHING, _NOTHING, size=96, edge="white"),
        )
        self.note = ipywidgets.HTML().add_class("vw-note").add_class("vw-assumed")
        # Higher where the histogram has a height (frontend/src/anomaly_histogram/figure.css).
        layout = ipywidgets.Layout(width="100%", height="auto", flex="0 0 304px", min_width="0")
        self.figure = CurveFigure(plot, _STYLES, layout=layout)
        assert self.figure.points is not None
        self.point = self.figure.points
        self.root = ipywidgets.VBox([self.figure, self.note], layout=_wide())

    def show(self, values: Mapping[str, float]) -> None:
        """Move the operating point. It is hidden while one of its metrics is undefined."""
        here = [values[name] for name in self.metrics]
        known = all(map(math.isfinite, here))
        self.figure.move_points(*(np.array([value]) if known else _NOTHING for value in here))


def _wide() -> ipywidgets.Layout:
    return ipywidgets.Layout(width="100%")


def _axis(label: str, low: float = 0.0, high: float = 1.0) -> Axis:
    """Return an axis, from 0 to 1 where nothing else is said, with about five round ticks."""
    return Axis(label, (low, high), ticks=round_ticks(low, high))


class ThresholdCurves(CompositeWidget):
    """Panels to switch between; a text where labels are missing.

    Costs and the reviewed precision are drawn on the grid of `canvas`. `points` are the operating
    points of the panels, `axes` their metrics (x, y).
    """

    def __init__(
        self, scores: LabelledScores, canvas: ScoreCanvas, costs: Mapping[str, float]
    ) -> None:
        self._scores, self._canvas, self._costs = scores, canvas, costs
        self._made: dict[str, Panel] = {}
        self._panels: dict[str, Panel] = {}
        self._note = ipywidgets.HTML().add_class("vw-note")
        self._switch = ipywidgets.ToggleButtons(style={"button_width": "auto"})
        self._stack = ipywidgets.Stack(layout=_wide())
        # marimo has no links between models in its page.
        link = ipywidgets.link if in_marimo() else ipywidgets.jslink
        self._link = link((self._switch, "index"), (self._stack, "selected_index"))
        super().__init__(layout=_wide())
        self.add_class("vw-figure")
        if in_marimo():
            self._make_all()  # marimo makes widgets only while a cell runs
        self.draw()

    @property
    def detached_parts(self) -> list[ipywidgets.Widget]:
        """The texts and figures that the labels do not call for at present, and the link."""
        made = self._made.values()
        figures = [part for panel in made for part in (panel.root, *panel.figure.detached_parts)]
        return [self._note, self._switch, self._stack, self._link, *figures]

    def carried(self, page: PageContents) -> dict[str, Any]:
        """Return the parts for every curve. Labels that the page adds may call for another one."""
        self._make_all()
        self._made["Cost"].note.value = _assumed(self._costs)
        return {
            "canvas": self._canvas.model_id,
            "switch": page.add(self._switch),
            "stack": page.add(self._stack),
            "note": page.add(self._note),
            "panels": {
                name: {
                    "root": page.add(panel.root),
                    "figure": page.add(panel.figure),
                    "point": page.add(panel.point),
                    "metrics": panel.metrics,
                }
                for name, panel in self._made.items()
            },
            "without_labels": _WITHOUT_LABELS,
            "without_anomalies": _WITHOUT_ANOMALIES,
        }

    def _make_all(self) -> None:
        for name in _PANELS:
            self._panel(name)

    def _panel(self, name: str) -> Panel:
        if name not in self._made:
            self._made[name] = Panel(**_PANELS[name])
        return self._made[name]

    @property
    def points(self) -> list[ipywidgets.Widget]:
        """The models of the operating points, which have x and y."""
        return [panel.point for panel in self._panels.values()]

    @property
    def shown(self) -> str | None:
        """Name of the curve that is shown; None where there is none. May be set."""
        return self._switch.value if self._panels else None

    @shown.setter
    def shown(self, name: str) -> None:
        if not self._panels:
            raise ValueError(f"curve is {name!r}, but there is none without labels; pass labels.")
        self._switch.value = checks.one_of("curve", name, self._panels)

    @property
    def axes(self) -> list[tuple[str, str]]:
        """What each of them shows."""
        return [panel.metrics for panel in self._panels.values()]

    def draw(self) -> None:
        """Draw the curves that the labels allow; figures that exist are kept."""
        scores = self._scores
        names = []
        if len(scores.anomalous):
            names = ["Precision-recall"]
        if scores.has_both_kinds:
            names += ["ROC", "Cost"]
        if scores.partly_labelled:
            names += ["All alerts"]
        self._panels = {name: self._panel(name) for name in names}
        if not names:
            self._note.value = _WITHOUT_LABELS if scores.labels is None else _WITHOUT_ANOMALIES
            self.children = [self._note]
            return
        if tuple(names) != self._switch.options:
            shown = self._switch.value
            self._switch.options = names
            self._stack.children = [panel.root for panel in self._panels.values()]
            self._switch.value = shown if shown in names else names[0]
            self.children = [self._switch, self._stack]
        self._curve = scores.curve()
        drawing = {
            "Precision-recall": self._draw_precision_recall,
            "ROC": self._draw_roc,
            "Cost": self._draw_cost,
            "All alerts": self._draw_all_alerts,
        }
        for name, panel in self._panels.items():
            drawing[name](panel)

    def show(self, metrics: Mapping[str, float], threshold: float) -> None:
        """Move the operating points."""
        if not self._panels:
            return
        values = {**metrics, "threshold": threshold}
        if self._scores.has_both_kinds:
            false, true = metrics["false_positives"], metrics["true_positives"]
            values["false_positive_rate"] = false / self._curve.n_normal
            here = self._curve_at(np.array([threshold]), np.array([[false], [true]], np.int64))
            values["cost"] = float(expected_cost(here, **self._costs)[1])
        if self._scores.partly_labelled:
            found = self._scores.reviewed_precision(threshold)
            values["precision_of_all_alerts"] = float(found.precision[0])
        for panel in self._panels.values():
            panel.show(values)

    def weigh(self, costs: Mapping[str, float]) -> None:
        """Draw the cost of every threshold for these costs."""
        self._costs = costs
        if "Cost" in self._panels:
            self._draw_cost(self._panels["Cost"])

    def _draw_precision_recall(self, panel: Panel) -> None:
        points = self._curve
        # Flagging at random has the share of anomalous samples as its precision.
        share = points.n_anomalous / (points.n_anomalous + points.n_normal)
        panel.figure.draw(
            title=f"Average precision {points.average_precision:.3f}",
            lines=(
                _aside("at random", share, share),
                Line("precision", _BLUE, *_thinned(points.recall, points.precision)),
            ),
        )

    def _draw_roc(self, panel: Panel) -> None:
        points = self._curve
        rate, recall = np.append(0, points.false_positive_rate), np.append(0, points.recall)
        panel.figure.draw(
            title=f"Area under the ROC curve {points.auroc:.3f}",
            lines=(_aside("at random", 0, 1), Line("recall", _BLUE, *_thinned(rate, recall))),
        )

    def _draw_cost(self, panel: Panel) -> None:
        thresholds = self._canvas.grid.thresholds
        on_grid = self._curve_at(thresholds, self._canvas.at_or_above[:2].astype(np.int64))
        cost = expected_cost(on_grid, **self._costs)[1:]
        lowest = expected_cost(self._curve, **self._costs).min()
        low, high = min(0.0, float(cost.min())), max(0.0, float(cost.max()))
        panel.note.value = _assumed(self._costs)
        panel.figure.draw(
            title=f"Lowest cost {lowest:.4g} a sample",
            # bqplot would keep the limits that were set before.
            x=_axis("threshold", float(thresholds[0]), float(thresholds[-1])),
            y=_axis("cost", low, high + 0.05 * (high - low) or 1.0),
            lines=(Line("cost", _BLUE, thresholds, cost),),
        )

    def _draw_all_alerts(self, panel: Panel) -> None:
        thresholds, found = self._canvas.grid.thresholds, self._canvas.reviewed
        assert found is not None  # there are labels, and samples without
        known, some = np.isfinite(found.precision), found.n_flagged > 0
        panel.figure.draw(
            title="Estimated from a random sample" if known.any() else "Possible by the labels",
            x=_axis("threshold", float(thresholds[0]), float(thresholds[-1])),
            lines=(Line("precision", _BLUE, thresholds[known], found.precision[known]),),
            band=Band("interval", _BLUE, thresholds[some], found.low[some], found.high[some]),
        )

    def _curve_at(self, thresholds: NDArray[np.float64], flagged: NDArray[np.int64]) -> Curve:
        false, true = flagged
        return Curve(thresholds, true, false, self._curve.n_anomalous, self._curve.n_normal)


def _assumed(costs: Mapping[str, float]) -> str:
    """Say which costs the curve assumes."""
    parts = [
        f"{costs[name]:g} {words}"
        for name, words in _COST_WORDS.items()
        if costs[name] or name.startswith("false")
    ]
    return f"Assumes a cost of {', '.join(parts)}. The method “Lowest cost” has fields for them."


def _aside(name: str, left: float, right: float) -> Line:
    """Return a dashed line from the left to the right end of the axis from 0 to 1."""
    ends = np.array([0.0, 1.0]), np.array([left, right], np.float64)
    return Line(name, _GREY, *ends, dashed=True, width=1)


def _thinned(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    # In place: each array of ten million numbers more takes a tenth of a second.
    column, row = x * CELLS, y * CELLS
    cells = np.rint(column, out=column)
    cells *= CELLS + 1
    cells += np.rint(row, out=row)
    keep = np.ones(len(cells), bool)
    np.not_equal(cells[1:-1], cells[:-2], out=keep[1:-1])
    return x[keep], y[keep]
