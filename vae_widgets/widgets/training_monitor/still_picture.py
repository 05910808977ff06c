"""The still picture of a `TrainingMonitor`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vae_widgets.widgets.curve_plot import CurvePlot
from vae_widgets.widgets.curve_plot.still_picture import draw_plot
from vae_widgets.widgets.still_pictures.figure import FAINT, caption
from vae_widgets.widgets.still_pictures.tiles import ROW_HEIGHT, draw_rows

CURVES_HEIGHT = 260


def height(rows: int) -> float:
    """Return the height of the rows of tiles, in CSS pixels."""
    return CURVES_HEIGHT + rows * ROW_HEIGHT


def draw(
    figure: Any, title: str, plots: Sequence[CurvePlot], strip: dict[str, Any], text: str
) -> None:
    """Draw the curves of a run as they are looked at, and its newest pictures.

    `strip` holds the rows of tiles, as arguments of `draw_rows`.
    """
    caption(figure, title, text)
    n_rows = len(strip.get("rows", ()))
    if n_rows:
        top, below = figure.subfigures(
            2, 1, height_ratios=[CURVES_HEIGHT, n_rows * ROW_HEIGHT], hspace=0
        )
        draw_rows(below.add_subplot(), **strip)
    else:
        top = figure
    if not plots:
        axes = top.add_subplot()
        axes.set(xlabel="epoch", ylabel="loss", xticks=[], yticks=[])
        axes.text(0.5, 0.5, "Nothing was logged yet.", color=FAINT, ha="center", va="center")
        return
    for axes, plot in zip(top.subplots(1, len(plots), squeeze=False)[0], plots, strict=True):
        draw_plot(axes, plot)
