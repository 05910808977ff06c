"""Precision-recall and ROC curves: what every possible threshold would have done."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.pairing import shared_index


@dataclass(frozen=True)
class Curve:
    """What each distinct labelled score (m,), descending, does as a threshold.

    The positives (m,) are how many anomalous and normal samples it flags.
    """

    thresholds: NDArray[np.float64]
    true_positives: NDArray[np.int64]
    false_positives: NDArray[np.int64]
    n_anomalous: int
    n_normal: int

    @property
    def precision(self) -> NDArray[np.float64]:
        """Share of the flagged that is anomalous, (m,); each entry flags at least one."""
        return self.true_positives / (self.true_positives + self.false_positives)

    @property
    def recall(self) -> NDArray[np.float64]:
        """Share of the anomalous that is flagged, (m,); NaN if none is anomalous."""
        return _share(self.true_positives, self.n_anomalous)

    @property
    def false_positive_rate(self) -> NDArray[np.float64]:
        """Share of the normal that is flagged, (m,); NaN if none is normal."""
        return _share(self.false_positives, self.n_normal)

    @property
    def f1(self) -> NDArray[np.float64]:
        """Harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN), (m,)."""
        flagged = self.true_positives + self.false_positives
        return 2 * self.true_positives / (flagged + self.n_anomalous)

    @property
    def average_precision(self) -> float:
        """Sum of precision times the step in recall; NaN if none is anomalous."""
        steps = np.diff(self.recall, prepend=0.0)
        return float(np.sum(steps * self.precision)) if self.n_anomalous else np.nan

    @property
    def auroc(self) -> float:
        """Area under the ROC curve, ties counting half; NaN unless both kinds are present."""
        if not (self.n_anomalous and self.n_normal):
            return np.nan
        rate = np.concatenate([[0.0], self.false_positive_rate])
        recall = np.concatenate([[0.0], self.recall])
        return float(np.sum(np.diff(rate) * (recall[1:] + recall[:-1])) / 2)


def curve(scores: ArrayLike, labels: ArrayLike) -> Curve:
    """Count what every distinct score (n,) would flag as a threshold; needs one label at least."""
    shared_index({"scores": scores, "labels": labels})
    scores = checks.scores("scores", scores)
    labels = checks.anomaly_labels("labels", labels, len(scores))
    labelled = ~np.isnan(labels)
    if not labelled.any():
        raise ValueError("labels has no label; a curve needs at least one labelled sample.")
    return curve_of_classes(np.sort(scores[labels == 0]), np.sort(scores[labels == 1]))


def curve_of_classes(normal: NDArray[np.float64], anomalous: NDArray[np.float64]) -> Curve:
    """Return the `Curve` of the scores of each kind, ascending, float64; not both are empty."""
    # Tied scores are flagged together: a group of them is one operating point.
    both = np.sort(np.concatenate([normal, anomalous]), kind="stable")  # merges the two
    is_first = np.empty(len(both), bool)
    is_first[0] = True
    np.not_equal(both[1:], both[:-1], out=is_first[1:])
    first = np.flatnonzero(is_first)
    thresholds = both[first]
    # The rarer kind is looked up among the thresholds, which takes less time than the reverse.
    rare = min(normal, anomalous, key=len)
    of_each = np.bincount(np.searchsorted(thresholds, rare), minlength=len(thresholds))
    flagged = (len(both) - first)[::-1]
    of_rare = np.cumsum(of_each[::-1])
    true_positives = of_rare if rare is anomalous else flagged - of_rare
    return Curve(
        thresholds=thresholds[::-1],
        true_positives=true_positives,
        false_positives=flagged - true_positives,
        n_anomalous=len(anomalous),
        n_normal=len(normal),
    )


def _share(counts: NDArray[np.int64], of: int) -> NDArray[np.float64]:
    return counts / of if of else np.full(len(counts), np.nan)
