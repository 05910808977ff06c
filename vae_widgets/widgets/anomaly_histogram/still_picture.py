"""The still picture of an `AnomalyHistogram`."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.thresholds import METHODS
from vae_widgets.core.ticks import counted
from vae_widgets.widgets.still_pictures.figure import ACCENT, CATEGORIES, INK, caption, four_digits
from vae_widgets.widgets.still_pictures.tiles import ROW_HEIGHT, draw_rows

BARS_HEIGHT = 260
# As in anomaly_histogram/layers.ts: normal, anomalous, not labelled.
_COLOURS = CATEGORIES[0], CATEGORIES[6], CATEGORIES[3]
_RATES = ("precision", "recall", "f1")


class Histogram(Protocol):
    """What the picture needs of an `AnomalyHistogram`."""

    threshold: Any
    method: Any
    metrics: Any

    @property
    def warning(self) -> str:
        """What the labels say against the scores."""


@dataclass(frozen=True)
class Bars:
    """What a histogram shows, beside its public attributes.

    `edges` (m + 1,) of the bins; `counts` (m,) and `totals` by kind of label; `strip`: arguments of
    `draw_rows`, empty without items.
    """

    edges: NDArray[np.float64]
    counts: dict[str, NDArray[np.int64]]
    totals: dict[str, int]
    score_name: str
    log: bool
    strip: dict[str, Any]

    @property
    def height(self) -> float:
        """Height of the picture in CSS pixels."""
        rows = len(self.strip.get("rows", ()))
        return BARS_HEIGHT + (rows * (ROW_HEIGHT + 12) + 10 if rows else 0)


def draw(figure: Any, histogram: Histogram, bars: Bars, text: str) -> None:
    """Draw the bars, the threshold, and the samples on both sides of it, above a `text`."""
    caption(figure, "Anomaly scores", text)
    if bars.strip:
        heights = [BARS_HEIGHT, bars.height - BARS_HEIGHT]
        axes, tiles = figure.subplots(2, 1, height_ratios=heights)
        draw_rows(tiles, **bars.strip)
    else:
        axes = figure.add_subplot()
    low, high = float(bars.edges[0]), float(bars.edges[-1])
    threshold = histogram.threshold
    for (kind, counts), colour in zip(bars.counts.items(), _COLOURS, strict=False):
        axes.stairs(
            counts,
            bars.edges,
            fill=True,
            alpha=0.55,
            color=colour,
            label=f" {bars.totals[kind]:,} {kind}",
        )
        axes.stairs(counts, bars.edges, color=colour, linewidth=1, zorder=3)
    if bars.log:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.yaxis.set_minor_formatter("")
        axes.set_ylim(bottom=0.8)
    axes.axvspan(min(max(threshold, low), high), high, color=ACCENT, alpha=0.08, linewidth=0)
    if low <= threshold <= high:
        axes.axvline(threshold, color=INK, linewidth=1.5)
    axes.set(xlim=(low, high), xlabel=bars.score_name, ylabel="samples")
    axes.grid(False, axis="x")
    axes.tick_params(length=0)
    axes.set_title(f"flagged ≥ {threshold:.6g}", fontweight="bold")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, borderaxespad=0.2)


def _within_a_sentence(title: str) -> str:
    """Begin a title with a small letter, unless it is a name such as GESD."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def summary(histogram: Histogram, totals: dict[str, int]) -> str:
    """Describe in a line what is shown."""
    method = histogram.method
    by = "set by hand" if method == "manual" else f"by {_within_a_sentence(METHODS[method].title)}"
    metrics = histogram.metrics
    facts = [
        counted(sum(totals.values()), "score"),
        f"threshold {four_digits(histogram.threshold)} {by}",
        f"{int(metrics['n_flagged']):,} flagged",
        *(
            f"{name.replace('f1', 'F1')} {metrics[name]:.2f}"
            for name in _RATES
            if np.isfinite(metrics.get(name, np.nan))
        ),
    ]
    if histogram.warning:
        facts.append("the scores seem to be reversed")
    return ", ".join(facts)
