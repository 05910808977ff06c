"""Measure what a threshold does."""

import math

import numpy as np
from numpy.typing import NDArray


def threshold_metrics(
    scores: NDArray[np.float64], labels: NDArray[np.float64] | None, threshold: float
) -> dict[str, float]:
    """Measure a threshold.

    Parameters
    ----------
    scores
        (n,) float64.
    labels
        (n,) float64: 1 anomalous, 0 normal, NaN without label; or None.
    threshold
        Samples with a score of at least this are flagged.

    Returns
    -------
    dict
        ``n_flagged`` and ``alert_rate`` (share flagged, of all samples). With labels also
        ``true_positives``, ``false_positives``, ``false_negatives``, ``true_negatives``,
        ``precision``, ``recall`` and ``f1``, over the labelled samples. What is undefined is NaN:
        precision when nothing labelled is flagged, recall when none is anomalous, F1 when neither.
    """
    flagged = scores >= threshold
    n_flagged = int(flagged.sum())
    metrics: dict[str, float] = {"n_flagged": n_flagged, "alert_rate": n_flagged / len(scores)}
    if labels is None:
        return metrics
    tp = int(np.count_nonzero(flagged & (labels == 1)))
    fp = int(np.count_nonzero(flagged & (labels == 0)))
    fn = int(np.count_nonzero(labels == 1)) - tp
    tn = int(np.count_nonzero(labels == 0)) - fp
    return metrics | {
        "true_positives": tp,
        "false_positives": fp,
        "false_negatives": fn,
        "true_negatives": tn,
        "precision": _ratio(tp, tp + fp),
        "recall": _ratio(tp, tp + fn),
        "f1": _ratio(2 * tp, 2 * tp + fp + fn),
    }


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else math.nan
