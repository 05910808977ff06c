"""The curves of `AnomalyHistogram`, each with the operating point: precision-recall, ROC, cost."""

from collections.abc import Mapping
from typing import Any

import bqplot
import ipywidgets
import numpy as np
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.core.scores.labelled_scores import LabelledScores
from vae_widgets.core.thresholds.curves import Curve
from vae_widgets.core.thresholds.labelled import expected_cost
from vae_widgets.core.ticks import round_ticks
from vae_widgets.widgets.anomaly_histogram.histogram_canvas import ScoreCanvas
from vae_widgets.widgets.base.widget import CompositeWidget

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
    "Precision-recall": {"x": "recall", "y": "precision", "dashed": True},
    "ROC": {"x": "false_positive_rate", "y": "recall", "dashed": True},
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


class Panel:
    """One figure of two metrics: a line, perhaps a dashed one, and the operating point."""

    def __init__(self, x: str, y: str, *, dashed: bool = False, banded: bool = False) -> None:
        self.axes = (x, y)
        scales = {axis: bqplot.LinearScale(min=0.0, max=1.0) for axis in "xy"}
        self.x_scale, self.y_scale = scales["x"], scales["y"]
        nothing: dict[str, Any] = {"x": np.zeros(0), "y": np.zeros(0), "scales": scales}
        self.line = bqplot.Lines(colors=[_BLUE], **nothing)
        self.aside = bqplot.Lines(**nothing)
        if dashed:
            self.aside.colors, self.aside.line_style, self.aside.stroke_width = [_GREY], "dashed", 1
        if banded:
            self.aside.colors, self.aside.fill, self.aside.fill_colors = [_BLUE], "between", [_BLUE]
            self.aside.opacities, self.aside.fill_opacities = [0.0, 0.0], [0.2, 0.2]
        self.point = bqplot.Scatter(colors=[_ORANGE], stroke="white", default_size=96, **nothing)
        x_label, y_label = (name.replace("_", " ") for name in self.axes)
        look = {"grid_lines": "solid", "tick_format": "~g"}
        self.x_axis = bqplot.Axis(scale=self.x_scale, label=x_label, **look)
        self.y_axis = bqplot.Axis(scale=self.y_scale, label=y_label, side="left", **look)
        self.span(self.x_scale, 0.0, 1.0)
        self.span(self.y_scale, 0.0, 1.0)
        self.note = ipywidgets.HTML().add_class("vw-note").add_class("vw-assumed")
        self.figure = bqplot.Figure(
            marks=[self.aside, self.line, self.point],
            axes=[self.x_axis, self.y_axis],
            fig_margin={"top": 36, "bottom": 40, "left": 48, "right": 16},
            padding_y=0,
            display_toolbar=False,
            animation_duration=0,
            layout=ipywidgets.Layout(width="100%", height="304px", min_width="0"),
        )
        self.root = ipywidgets.VBox(
            [self.figure, self.note], layout=ipywidgets.Layout(width="100%")
        )

    def draw(self, title: str, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        """Replace the line."""
        self.figure.title = title
        _set(self.line, x, y)

    def span(self, scale: bqplot.LinearScale, low: float, high: float) -> None:
        """Set the range of an axis, at first 0 to 1, with about five round ticks."""
        scale.min, scale.max = low, high
        axis = self.x_axis if scale is self.x_scale else self.y_axis
        axis.tick_values = round_ticks(low, high)

    def show(self, values: Mapping[str, float]) -> None:
        """Move the operating point; it is hidden while one of its metrics is undefined."""
        x, y = (values[name] for name in self.axes)
        defined = np.isfinite(x) and np.isfinite(y)
        _set(self.point, np.array([x] if defined else []), np.array([y] if defined else []))


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
        self._stack = ipywidgets.Stack()
        self._link = ipywidgets.jslink((self._switch, "index"), (self._stack, "selected_index"))
        super().__init__(layout=ipywidgets.Layout(width="100%"))
        self.add_class("vw-figure")
        self.draw()

    @property
    def detached_parts(self) -> list[ipywidgets.Widget]:
        """The texts and figures that the labels do not call for at present, and the link."""
        figures = [panel.root for panel in self._made.values()]
        return [self._note, self._switch, self._stack, self._link, *figures]

    @property
    def points(self) -> list[bqplot.Scatter]:
        """The operating points."""
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
        return [panel.axes for panel in self._panels.values()]

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
        for name in names:
            if name not in self._made:
                self._made[name] = Panel(**_PANELS[name])
        self._panels = {name: self._made[name] for name in names}
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
        panel.draw(
            f"Average precision {points.average_precision:.3f}",
            *_thinned(points.recall, points.precision),
        )
        # Flagging at random has the share of anomalous samples as its precision.
        share = points.n_anomalous / (points.n_anomalous + points.n_normal)
        _set(panel.aside, np.array([0.0, 1.0]), np.array([share, share]))

    def _draw_roc(self, panel: Panel) -> None:
        points = self._curve
        rate, recall = np.append(0, points.false_positive_rate), np.append(0, points.recall)
        panel.draw(f"Area under the ROC curve {points.auroc:.3f}", *_thinned(rate, recall))
        _set(panel.aside, np.array([0.0, 1.0]), np.array([0.0, 1.0]))

    def _draw_cost(self, panel: Panel) -> None:
        thresholds = self._canvas.grid.thresholds
        on_grid = self._curve_at(thresholds, self._canvas.at_or_above[:2].astype(np.int64))
        cost = expected_cost(on_grid, **self._costs)[1:]
        lowest = expected_cost(self._curve, **self._costs).min()
        panel.draw(f"Lowest cost {lowest:.4g} a sample", thresholds, cost)
        panel.note.value = _assumed(self._costs)
        # bqplot would keep the limits that were set before.
        panel.span(panel.x_scale, float(thresholds[0]), float(thresholds[-1]))
        low, high = min(0.0, float(cost.min())), max(0.0, float(cost.max()))
        panel.span(panel.y_scale, low, high + 0.05 * (high - low) or 1.0)

    def _draw_all_alerts(self, panel: Panel) -> None:
        thresholds, found = self._canvas.grid.thresholds, self._canvas.reviewed
        assert found is not None  # there are labels, and samples without
        known = np.isfinite(found.precision)
        title = "Estimated from a random sample" if known.any() else "Possible by the labels"
        panel.draw(title, thresholds[known], found.precision[known])
        some = found.n_flagged > 0
        _set(panel.aside, thresholds[some], np.stack([found.low, found.high])[:, some])
        panel.span(panel.x_scale, float(thresholds[0]), float(thresholds[-1]))

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
    return (
        f"Assumes a cost of {', '.join(parts)}. To change these costs, choose the method "
        "“Lowest cost”."
    )


def _set(mark: bqplot.Mark, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
    with mark.hold_sync():
        mark.x, mark.y = x, y


def _thinned(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    cells = np.rint(x * CELLS) * (CELLS + 1) + np.rint(y * CELLS)
    keep = np.append(True, np.diff(cells) != 0)
    keep[-1] = True
    return x[keep], y[keep]
