"""A `CurvePlot` drawn by Matplotlib, for still pictures."""

from __future__ import annotations

from typing import Any

import numpy as np

from vae_widgets.widgets.curve_plot.description import CurvePlot
from vae_widgets.widgets.still_pictures.figure import FAINT

_MOST_NAMES = 8
_THIN = 0.7  # of the width on the page
# Letters that fit into the width of the picture, in a title and in a legend.
_TITLE, _NAME = 104, 56


def draw_plot(axes: Any, plot: CurvePlot) -> None:
    """Draw lines, points and rules with title and axes. Matplotlib chooses the numbers."""
    named = set()
    columns = axes.get_subplotspec().get_gridspec().ncols
    for line in plot.lines:
        if not np.isfinite(line.y).any():
            continue
        # A leading space, because Matplotlib omits names that begin with an underscore.
        named_already = line.opacity < 1 or line.name in named
        name = None if named_already else f" {_shortened(line.name, _NAME // columns)}"
        named.add(line.name if name else "")
        style = "--" if line.dashed else "-"
        look = {"color": line.colour, "alpha": line.opacity, "linewidth": _THIN * line.width}
        axes.plot(line.x, line.y, style, label=name, **look)
    if plot.points and plot.points.x.size:
        marker = {"circle": "o", "diamond": "d"}[plot.points.marker]
        axes.plot(
            plot.points.x,
            plot.points.y,
            marker,
            color=plot.points.colour,
            markersize=6,
            clip_on=False,
        )
    low, high = plot.x.domain
    axes.set_xlim(low, high)
    if plot.y.scale == "log":
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter("")
    for rule in plot.rules:
        axes.axvline(rule.x, color=FAINT, linestyle=":", linewidth=1)
        axes.annotate(
            f"{rule.text} ",
            (rule.x, 1),
            xycoords=axes.get_xaxis_transform(),
            rotation=90,
            ha="right",
            va="top",
            color=FAINT,
            fontsize=7,
            in_layout=False,
        )
    axes.set_title(_shortened(plot.title, _TITLE // columns), pad=4)
    axes.set_xlabel(plot.x.label)
    axes.tick_params(length=0)
    if 1 < len(named - {""}) <= _MOST_NAMES:
        axes.legend(loc="best", fontsize=7)


def _shortened(text: str, most: int) -> str:
    """Return a text that ends inside the plot: Matplotlib cuts none."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
