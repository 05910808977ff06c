"""The precision-recall curve of `AnomalyHistogram`, with the operating point on it."""

import bqplot
import ipywidgets
import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.curves import curve

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


class PrecisionRecall(ipywidgets.Box):
    """Precision against recall for every threshold; a text where labels are missing.

    Parameters
    ----------
    scores
        float64 (n,).
    labels
        float64 (n,): 1 anomalous, 0 normal, NaN without label; or None.
    """

    def __init__(self, scores: NDArray[np.float64], labels: NDArray[np.float64] | None) -> None:
        super().__init__(layout=ipywidgets.Layout(flex="2 1 260px", width="auto"))
        self.add_class("vw-figure")
        self.point: bqplot.Scatter | None = None
        if labels is None or not (labels == 1).any():
            text = _WITHOUT_LABELS if labels is None else _WITHOUT_ANOMALIES
            self.children = [ipywidgets.HTML(text).add_class("vw-note")]
            return
        points = curve(scores, labels)
        x = bqplot.LinearScale(min=0.0, max=1.0)
        y = bqplot.LinearScale(min=0.0, max=1.0)
        scales = {"x": x, "y": y}
        line = bqplot.Lines(
            **_thinned(points.recall, points.precision), scales=scales, colors=["#3f90da"]
        )
        # Flagging at random has the share of anomalous samples as its precision.
        share = points.n_anomalous / (points.n_anomalous + points.n_normal)
        chance = bqplot.Lines(
            x=[0.0, 1.0],
            y=[share, share],
            scales=scales,
            colors=["#94a4a2"],
            line_style="dashed",
            stroke_width=1,
        )
        self.point = bqplot.Scatter(
            x=np.zeros(0),
            y=np.zeros(0),
            scales=scales,
            colors=["#e76300"],
            stroke="white",
            default_size=96,
        )
        ticks = {"tick_values": np.linspace(0, 1, 6), "tick_format": ".1f", "grid_lines": "solid"}
        self.children = [
            bqplot.Figure(
                marks=[chance, line, self.point],
                axes=[
                    bqplot.Axis(scale=x, label="recall", **ticks),
                    bqplot.Axis(scale=y, label="precision", side="left", **ticks),
                ],
                title=f"Average precision {points.average_precision:.3f}",
                fig_margin={"top": 36, "bottom": 40, "left": 48, "right": 16},
                padding_y=0,
                display_toolbar=False,
                animation_duration=0,
                layout=ipywidgets.Layout(width="100%", height="304px", min_width="0"),
            )
        ]

    def show(self, metrics: dict[str, float]) -> None:
        """Move the operating point; it is nowhere while precision is undefined."""
        if self.point is None:
            return
        defined = np.isfinite(metrics["precision"])
        with self.point.hold_sync():
            self.point.x = np.array([metrics["recall"]] if defined else [])
            self.point.y = np.array([metrics["precision"]] if defined else [])


def _thinned(
    recall: NDArray[np.float64], precision: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return a curve without the points that would be drawn on top of another."""
    cells = np.rint(recall * CELLS) * (CELLS + 1) + np.rint(precision * CELLS)
    keep = np.append(True, np.diff(cells) != 0)
    keep[-1] = True
    return {"x": recall[keep], "y": precision[keep]}
