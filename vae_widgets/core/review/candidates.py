"""Which samples of some scores may be reviewed, by their labels and the marks so far."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.review.log import LABELS, Mark, ReviewLog
from vae_widgets.core.review.order import review_order
from vae_widgets.core.scores.labelled_scores import LabelledScores
from vae_widgets.core.thresholds import above
from vae_widgets.core.ticks import counted


class ReviewCandidates:
    """The samples without a label or a mark, and the rules for marking.

    `draws` maps samples that were queued at random to the lowest threshold that flags the same
    samples as the one they were drawn for.
    """

    def __init__(self, scores: LabelledScores, log: ReviewLog) -> None:
        self.scores, self._log = scores, log
        self.draws: dict[int, float] = {}

    def queue(self, order: str, threshold: float, size: int, seed: int) -> NDArray[np.int64]:
        """Return the indices of up to `size` samples to review next (`review_order`)."""
        ascending = self.scores.ascending
        ranks = review_order(order, ascending, threshold, size, self._is_open, seed)
        indices = self.scores.order[ranks]
        queued = set(indices.tolist())
        self.draws = {i: since for i, since in self.draws.items() if i not in queued}
        if order == "random":
            cut = int(np.searchsorted(ascending, threshold))
            lowest = above(ascending[cut - 1]) if cut else min(threshold, float(ascending[0]))
            self.draws |= dict.fromkeys(queued, lowest)
        return indices

    def _is_open(self, ranks: NDArray[np.int64]) -> NDArray[np.bool_]:
        indices, labels = self.scores.order[ranks], self.scores.labels
        is_open = np.ones(len(ranks), bool) if labels is None else np.isnan(labels[indices])
        if len(self._log):
            is_open &= ~np.isin(indices, self._log.indices)
        return is_open

    def why_none(self, threshold: float) -> str:
        """Say why `queue` finds no sample to review, and what to do."""
        n, n_flagged = len(self.scores), self.scores.n_flagged(threshold)
        if self._is_open(np.arange(n)).any():
            if not n_flagged:
                return "No sample is flagged. Lower the threshold, or choose another order."
            return (
                f"{counted(n_flagged, 'flagged sample')}, each with a label or a mark. Lower the "
                "threshold, or choose another order, to review others."
            )
        labels = self.scores.labels
        if labels is None or np.isin(np.flatnonzero(~np.isnan(labels)), self._log.indices).all():
            return f"{counted(n, 'sample')}, each with a mark: none is left to review."
        return (
            f"{counted(n, 'sample')}, each with a label: none is left to review. To review them, "
            "make the histogram without labels, or with None for those to review."
        )

    def label_of(self, index: int) -> float:
        """Return the label of a sample; NaN if it has none."""
        labels = self.scores.labels
        return np.nan if labels is None else float(labels[index])

    def check(self, index: int) -> None:
        """Raise ``ValueError`` if a sample may not be marked."""
        n = len(self.scores)
        if index >= n:
            raise ValueError(f"index is {index}; expected one below {n}, a row of the scores.")
        if not np.isnan(self.label_of(index)) and index not in self._log:
            raise ValueError(
                f"sample {index} has the label {self.label_of(index):g}, which was not given in "
                "this queue and stays; use histogram.label to change it."
            )

    def sort_out(self, kept: Iterable[Mark]) -> tuple[list[Mark], dict[int, str]]:
        """Return those of the marks that a page has kept that are news, and why some cannot be."""
        news, reasons = [], {}
        for mark in kept:
            known = self._log.mark_of(mark.index)
            if known and known.time > mark.time:
                continue
            if why := self._why_not(mark):
                reasons[mark.index] = why
            elif (known.mark if known else "") != mark.mark:
                news.append(mark)
        return news, reasons

    def _why_not(self, mark: Mark) -> str:
        if mark.index >= len(self.scores):
            return f"there is no sample {mark.index}."
        if (score := float(self.scores.scores[mark.index])) != mark.score:
            return f"sample {mark.index} has the score {score:g}, the mark {mark.score:g}."
        label, meant = self.label_of(mark.index), LABELS.get(mark.mark, np.nan)
        if np.isnan(label) or label == meant or mark.index in self._log:
            return ""
        return f"sample {mark.index} has the label {label:g}, which was not given in this queue."

    def drop_overruled(self) -> bool:
        """Forget marks that labels contradict, and outdated draws; return whether marks were."""
        if not self.scores.has_drawn:
            self._log.forget_draws()
        return self._log.keep(self.scores.labels)
