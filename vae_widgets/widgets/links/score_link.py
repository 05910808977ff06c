"""A histogram of scores and a scatter of the same samples, each shown in the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakSet

import numpy as np

from vae_widgets.widgets.base.link import Link
from vae_widgets.widgets.latent_scatter.widget import LatentScatter

if TYPE_CHECKING:
    from vae_widgets.widgets.anomaly_histogram.widget import AnomalyHistogram


class ScoreLink(Link):
    """What `AnomalyHistogram.link` returns: it lasts until `unlink`, or until one is closed.

    While the line is dragged, the page moves the scatter's threshold by itself.
    """

    _alive: ClassVar[WeakSet[ScoreLink]] = WeakSet()

    def __init__(self, histogram: AnomalyHistogram, scatter: LatentScatter) -> None:
        if not isinstance(scatter, LatentScatter):
            raise TypeError(
                f"scatter must be a LatentScatter; received {type(scatter).__name__}. Pass the "
                "widget itself, not what contains it."
            )
        if scatter.n_samples != len(histogram.scores):
            raise ValueError(
                f"scatter shows {scatter.n_samples} samples; expected {len(histogram.scores)}, one "
                "for each score, in the same order."
            )
        both = histogram.index is not None and scatter.index is not None
        if both and not histogram.index.equals(scatter.index):
            raise ValueError(
                "scatter shows samples of another index than the scores have; make both from data "
                "with the same index, in the same order."
            )
        super().__init__(histogram, scatter)
        self._histogram, self._scatter = histogram, scatter
        self._canvas = histogram._canvas
        self._before = scatter.color_by, scatter.threshold
        self._name = _name_of(histogram, scatter)
        self._is_new = self._name not in scatter.quantities
        scatter.quantities = {**scatter.quantities, self._name: histogram.scores}
        with scatter.hold_sync():
            scatter.color_by = self._name
            self._take_over()
        self._follow(scatter, "color_by", self._recolour)
        self._follow(histogram, "threshold", self._cut)
        self._follow(histogram, "picked_item", self._hover)
        self._follow(scatter, "threshold", self._take_cut)
        self._follow(scatter, "selection", self._show_selection)
        self._show_selection()
        self._alive.add(self)

    def unlink(self) -> None:
        """Leave both alone from now on; the scatter gets the colours back that it had."""
        if self not in self._alive:
            return
        super().unlink()
        self._alive.discard(self)
        self._let_go()
        scatter = self._scatter
        others = [of for of in self._alive if of._scatter is scatter]
        if not any(of._canvas is self._canvas for of in others):
            self._canvas.select(np.zeros(0, np.int64))
        for heir in others:
            if heir._name == self._name:  # of equal scores: the colours stay until it ends, too
                heir._is_new |= self._is_new
                if heir._before[0] == self._name:
                    heir._before = self._before
                return
        with scatter.hold_sync():
            if scatter.color_by == self._name:
                color_by, threshold = self._before
                if color_by not in ("label", "none", *scatter.quantities):
                    color_by, threshold = "label", None
                scatter.threshold = None
                scatter.color_by = color_by
                if scatter.threshold is None:  # no other link has set its own
                    scatter.threshold = threshold
            if self._is_new and scatter.color_by != self._name:
                scatter.quantities = {
                    name: of for name, of in scatter.quantities.items() if name != self._name
                }

    def _take_over(self) -> None:
        self._canvas.followers = [*self._canvas.followers, self._scatter]
        self._scatter.threshold = self._histogram.threshold

    def _let_go(self) -> None:
        followers = list(self._canvas.followers)
        if self._scatter in followers:
            followers.remove(self._scatter)  # once: another link of the two has its own entry
            self._canvas.followers = followers

    def _cut(self, change: Any) -> None:
        if self._scatter.color_by == self._name:
            self._scatter.threshold = change.new

    def _take_cut(self, change: Any) -> None:
        if change.new is not None and self._scatter.color_by == self._name:
            self._histogram.threshold = change.new

    def _recolour(self, change: Any) -> None:
        if change.new == self._name:
            self._take_over()
        elif change.old == self._name:
            self._let_go()
            # It is none of another quantity; but that one's link may have set its own by now.
            if self._scatter.threshold == self._histogram.threshold:
                self._scatter.threshold = None

    def _hover(self, change: Any) -> None:
        self._scatter.hovered = change.new

    def _show_selection(self, change: Any = None) -> None:
        self._canvas.select(self._scatter.selection)


def _name_of(histogram: AnomalyHistogram, scatter: LatentScatter) -> str:
    stem = histogram._canvas.score_name
    if stem in ("label", "none"):  # taken in a scatter
        stem += " (score)"
    scores = histogram.scores.astype(np.float32)
    name, k = stem, 1
    while name in scatter.quantities and not np.array_equal(scatter.quantities[name], scores):
        k += 1
        name = f"{stem} {k}"
    return name
