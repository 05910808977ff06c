"""Scores in order, by the kind of their label: any threshold is counted without looking at all."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.core.scores.reviewed_precision import ReviewedPrecision, reviewed_precision
from vae_widgets.core.thresholds.curves import Curve, curve_of_classes
from vae_widgets.core.thresholds.measure import metrics_of_counts
from vae_widgets.core.thresholds.reversed import auroc_of_classes, reversed_warning


class LabelledScores:
    """Scores (n,), sorted once, and labels (n,) that may change.

    Labels are 1 anomalous, 0 normal, NaN without; None while no sample has one. `ascending`,
    `normal` and `anomalous` are all scores and those of each kind, sorted.
    """

    def __init__(
        self, scores: NDArray[np.float64], labels: NDArray[np.float64] | None = None
    ) -> None:
        self.scores = scores
        self._own: NDArray[np.float64] | None = None
        # The threshold from which on each sample was drawn at random; infinite if it was not.
        self._drawn_from: NDArray[np.float64] | None = None
        self._curve: Curve | None = None  # until labels change
        self.normal = self.anomalous = np.zeros(0)
        if labels is not None:
            self.normal, self.anomalous = (np.sort(scores[labels == kind]) for kind in (0, 1))
        self.labels = labels if self.n_labelled else None
        if self.n_labelled == len(scores):  # to merge takes less time than to sort
            self.ascending = np.concatenate([self.normal, self.anomalous])
            self.ascending.sort(kind="stable")
        else:
            self.ascending = np.sort(scores)

    def __len__(self) -> int:
        return len(self.scores)

    def __contains__(self, score: float) -> bool:
        at = self.ascending.searchsorted(score)
        return bool(at < len(self) and self.ascending[at] == score)

    def around(self, threshold: float) -> tuple[float | None, float | None]:
        """Return the highest score below a threshold and the lowest one from it on, or None."""
        at = int(self.ascending.searchsorted(threshold))
        below = float(self.ascending[at - 1]) if at else None
        return below, float(self.ascending[at]) if at < len(self) else None

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """Which sample each of `ascending` belongs to, int64 (n,); tied ones in their order."""
        return np.argsort(self.scores, kind="stable")

    @property
    def n_labelled(self) -> int:
        """How many samples have a label."""
        return len(self.normal) + len(self.anomalous)

    @property
    def has_both_kinds(self) -> bool:
        """Whether there is a normal and an anomalous sample."""
        return bool(len(self.normal) and len(self.anomalous))

    @property
    def partly_labelled(self) -> bool:
        """Whether some samples have a label and others do not."""
        return 0 < self.n_labelled < len(self)

    def label(
        self,
        indices: NDArray[np.int64],
        labels: NDArray[np.float64],
        drawn_from: NDArray[np.float64] | None = None,
    ) -> None:
        """Change the labels of some samples; NaN takes one away, and of two the later holds.

        `drawn_from` (k,) says from which threshold on they were drawn at random, NaN for no draw.
        After labels that were not drawn, earlier draws no longer stand for the rest.
        """
        indices, last = np.unique(indices[::-1], return_index=True)
        labels = labels[::-1][last]
        drawn = np.full(len(indices), np.nan) if drawn_from is None else drawn_from[::-1][last]
        if self._own is None:  # those that were given stay as they are
            given = self.labels
            self._own = np.full(len(self), np.nan) if given is None else given.copy()
        before = self._own[indices]
        changed = (before != labels) & ~(np.isnan(before) & np.isnan(labels))
        if self._drawn_from is None or (changed & np.isnan(drawn)).any():
            self._drawn_from = np.full(len(self), np.inf)
        is_drawn = ~(np.isnan(drawn) | np.isnan(labels))
        self._drawn_from[indices] = np.where(is_drawn, drawn, np.inf)
        self._own[indices] = labels
        self.normal, self.anomalous = (
            _replaced(
                of, self.scores[indices[before == kind]], self.scores[indices[labels == kind]]
            )
            for kind, of in enumerate((self.normal, self.anomalous))
        )
        self._curve = None
        self.labels = self._own if self.n_labelled else None

    @property
    def drawn_from(self) -> NDArray[np.float64] | None:
        """The threshold from which on each sample was drawn at random, (n,); infinite if not."""
        return self._drawn_from

    @property
    def has_drawn(self) -> bool:
        """Whether any labelled sample was drawn at random."""
        return self._drawn_from is not None and bool(np.isfinite(self._drawn_from).any())

    def totals(self) -> dict[str, int]:
        """Return how many samples are "normal", "anomalous", "not labelled"; or "samples" alone."""
        if self.labels is None:
            return {"samples": len(self)}
        totals = {"normal": len(self.normal), "anomalous": len(self.anomalous)}
        return totals | (
            {"not labelled": len(self) - self.n_labelled} if self.partly_labelled else {}
        )

    def at_or_above(self, thresholds: NDArray[np.float64]) -> NDArray[np.uint32]:
        """Return how many of each of `totals` are at least each threshold, (kinds, m)."""
        if self.labels is None:
            return _at_or_above(self.ascending, thresholds)[np.newaxis]
        counts = [_at_or_above(of, thresholds) for of in (self.normal, self.anomalous)]
        if self.partly_labelled:
            counts.append(_at_or_above(self.ascending, thresholds) - counts[0] - counts[1])
        return np.stack(counts)

    def n_flagged(self, threshold: float) -> int:
        """Return how many scores are at least the threshold."""
        return int(_at_or_above(self.ascending, threshold))

    def metrics(self, threshold: float) -> dict[str, float]:
        """Return the `core.thresholds.threshold_metrics` of a threshold."""
        n_flagged = self.n_flagged(threshold)
        if self.labels is None:
            return metrics_of_counts(len(self), n_flagged)
        fp, tp = (int(_at_or_above(of, threshold)) for of in (self.normal, self.anomalous))
        totals = len(self.normal), len(self.anomalous)
        return metrics_of_counts(len(self), n_flagged, (fp, tp), totals)

    def warning(self) -> str:
        """Say that the labels contradict the scores (`core.reversed_scores`); "" if they do not."""
        auroc = auroc_of_classes(self.normal, self.anomalous)
        return reversed_warning(auroc, len(self.anomalous), len(self.normal))

    def curve(self) -> Curve:
        """Return what every labelled score does as a threshold; there must be one."""
        if self._curve is None:
            self._curve = curve_of_classes(self.normal, self.anomalous)
        return self._curve

    def reviewed_precision(
        self, thresholds: NDArray[np.float64] | float, confidence: float = 0.95
    ) -> ReviewedPrecision:
        """Return the precision among all flagged samples, estimated from those with a label."""
        at = np.atleast_1d(np.asarray(thresholds, np.float64))
        flagged, normal, anomalous = (
            _at_or_above(of, at).astype(np.int64)
            for of in (self.ascending, self.normal, self.anomalous)
        )
        drawn = self._drawn_at_or_above(0, at), self._drawn_at_or_above(1, at)
        return reviewed_precision(flagged, (normal, anomalous), drawn, confidence)

    def _drawn_at_or_above(self, kind: int, thresholds: NDArray[np.float64]) -> NDArray[np.int64]:
        if self._drawn_from is None or self.labels is None:
            return np.zeros(len(thresholds), np.int64)
        rows = np.flatnonzero(np.isfinite(self._drawn_from) & (self.labels == kind))
        since, until = np.sort(self._drawn_from[rows]), np.sort(self.scores[rows])
        count: NDArray[np.int64] = np.searchsorted(since, thresholds, "right") - np.searchsorted(
            until, thresholds, "left"
        )
        return np.maximum(count, 0)


def check_new_labels(
    n: int, indices: Any, labels: Any, drawn_from: Any, index: Any
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64] | None]:
    """Return the arguments of `LabelledScores.label` for `n` scores with a pandas index, or None.

    Raises ``TypeError`` or ``ValueError`` if a row or a label is bad.
    """
    rows = np.atleast_1d(checks.any_array("indices", indices))
    if rows.dtype.kind not in "iu" or rows.ndim != 1:
        hint = "" if index is None else " histogram.index.get_indexer(...) finds rows."
        raise TypeError(
            f"indices must be row numbers of the scores; received {indices!r:.80}.{hint}"
        )
    if not 0 <= rows.min() <= rows.max() < n:
        raise ValueError(f"indices span {rows.min()} to {rows.max()}; expected 0 to {n - 1}.")
    given = checks.any_array("labels", labels)
    given = np.full(len(rows), labels) if given.ndim == 0 else given
    known = checks.anomaly_labels("labels", given, len(rows), "indices")
    drawn = None
    if drawn_from is not None:
        drawn = np.broadcast_to(np.asarray(drawn_from, np.float64), rows.shape)
    return rows, known, drawn


def _replaced(
    ascending: NDArray[np.float64], gone: NDArray[np.float64], fresh: NDArray[np.float64]
) -> NDArray[np.float64]:
    gone, fresh = np.sort(gone), np.sort(fresh)
    # Tied values leave one place each.
    tied = np.arange(len(gone)) - np.searchsorted(gone, gone)
    left = np.delete(ascending, np.searchsorted(ascending, gone) + tied)
    return np.insert(left, np.searchsorted(left, fresh), fresh)


def _at_or_above(ascending: NDArray[np.float64], thresholds: Any) -> NDArray[np.uint32]:
    below = ascending.searchsorted(thresholds)
    counts: NDArray[np.uint32] = (len(ascending) - below).astype(np.uint32)
    return counts
