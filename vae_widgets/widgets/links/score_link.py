"""A histogram of scores and a scatter of the same samples, each shown in the other."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from vae_widgets.widgets.base.link import Link, Observable
from vae_widgets.widgets.latent_scatter.widget import LatentScatter


class ScoreView(Observable, Protocol):
    """What a link needs of an `AnomalyHistogram`.

    `threshold`, `flagged`, `picked_item` and `selection` are traits.
    """

    threshold: Any
    picked_item: Any
    selection: Any
    flagged: Any

    @property
    def scores(self) -> NDArray[np.float64]:
        """The scores (n,)."""

    @property
    def index(self) -> Any:
        """Their pandas index, or None."""


class BarsView(Protocol):
    """What a link needs of the canvas of a histogram."""

    score_name: Any

    def add_follower(self, scatter: LatentScatter) -> None:
        """Let the page move the threshold of a scatter while it moves this one."""

    def remove_follower(self, scatter: LatentScatter) -> None:
        """Remove one entry of a scatter."""

    def add_outlined(self, scatter: LatentScatter) -> None:
        """Let the page outline what is flagged in a scatter while it moves the threshold."""

    def remove_outlined(self, scatter: LatentScatter) -> None:
        """Remove one entry of a scatter."""


class ScoreLink(Link):
    """What `AnomalyHistogram.link` returns: it lasts until `unlink`, or until one is closed.

    While the line is dragged, the page moves the scatter's threshold by itself.
    """

    _alive: ClassVar[WeakSet[ScoreLink]] = WeakSet()

    def __init__(
        self, histogram: ScoreView, bars: BarsView, scatter: LatentScatter, color: bool = True
    ) -> None:
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
        self.histogram, self.scatter, self._bars = histogram, scatter, bars
        self._before = scatter.color_by, scatter.threshold
        self.name = _name_of(bars.score_name, histogram.scores, scatter)
        self._is_new = self.name not in scatter.quantities
        scatter.quantities = {**scatter.quantities, self.name: histogram.scores}
        self._color = color
        if color:
            with scatter.hold_sync():
                scatter.color_by = self.name
                self._take_over()
            self._follow(histogram, "picked_item", self._hover)
        else:
            bars.add_outlined(scatter)
            self._follow(histogram, "flagged", self._outline)
            self._outline()
        self._follow(scatter, "color_by", self._recolour)
        self._follow(histogram, "threshold", self._cut)
        self._follow(scatter, "threshold", self._take_cut)
        self._follow(scatter, "selection", self._show_selection)
        self._show_selection()
        self._alive.add(self)

    @classmethod
    def links_of(cls, histogram: ScoreView) -> list[ScoreLink]:
        """Return the links of a histogram that last."""
        return [link for link in cls._alive if link.histogram is histogram]

    @property
    def color(self) -> bool:
        """Whether the scatter was to be coloured by the scores."""
        return self._color

    def unlink(self) -> None:
        """Remove the link; the scatter gets its earlier colours back."""
        if self not in self._alive:
            return
        super().unlink()
        self._alive.discard(self)
        self._let_go()
        scatter = self.scatter
        others = [link for link in self._alive if link.scatter is scatter]
        if not self._color:
            self._bars.remove_outlined(scatter)
            scatter.flagged = []
            for link in others:
                link.outline()
        if not any(link.histogram is self.histogram for link in others):
            self.histogram.selection = []
        for heir in others:
            if heir.name == self.name:  # of equal scores: the colours stay until it ends, too
                heir.inherit(self._is_new, self._before)
                return
        with scatter.hold_sync():
            if scatter.color_by == self.name:
                color_by, threshold = self._before
                if color_by not in ("label", "none", *scatter.quantities):
                    color_by, threshold = "label", None
                scatter.threshold = None
                scatter.color_by = color_by
                if scatter.threshold is None:  # no other link has set its own
                    scatter.threshold = threshold
            if self._is_new and scatter.color_by != self.name:
                scatter.quantities = {
                    name: of for name, of in scatter.quantities.items() if name != self.name
                }

    def outline(self) -> None:
        """Outline in the scatter what is flagged, where the link is to."""
        if not self._color:
            self.scatter.flagged = self.histogram.flagged

    def inherit(self, is_new: bool, before: tuple[str, float | None]) -> None:
        """Take over the duties of a link of equal scores that ends.

        They are whether the scatter is to forget the scores, and its colours before that link.
        """
        self._is_new |= is_new
        if self._before[0] == self.name:
            self._before = before

    def _take_over(self) -> None:
        self._bars.add_follower(self.scatter)
        self.scatter.threshold = self.histogram.threshold

    def _let_go(self) -> None:
        self._bars.remove_follower(self.scatter)

    def _cut(self, change: Any) -> None:
        if self.scatter.color_by == self.name:
            self.scatter.threshold = change.new

    def _take_cut(self, change: Any) -> None:
        if change.new is not None and self.scatter.color_by == self.name:
            self.histogram.threshold = change.new

    def _recolour(self, change: Any) -> None:
        if change.new == self.name:
            self._take_over()
        elif change.old == self.name:
            self._let_go()
            # The threshold does not fit another quantity, unless that one's link has set it.
            if self.scatter.threshold == self.histogram.threshold:
                self.scatter.threshold = None

    def _outline(self, change: Any = None) -> None:
        self.outline()

    def _hover(self, change: Any) -> None:
        self.scatter.hovered = change.new

    def _show_selection(self, change: Any = None) -> None:
        self.histogram.selection = self.scatter.selection


def _name_of(score_name: str, scores: NDArray[np.float64], scatter: LatentScatter) -> str:
    stem = score_name
    if stem in ("label", "none"):  # taken in a scatter
        stem += " (score)"
    scores = scores.astype(np.float32)
    name, k = stem, 1
    while name in scatter.quantities and not np.array_equal(scatter.quantities[name], scores):
        k += 1
        name = f"{stem} {k}"
    return name
