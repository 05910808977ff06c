"""Measure what a threshold does."""

import math

import numpy as np
from numpy.typing import NDArray


def threshold_metrics(
    scores: NDArray[np.float64], labels: NDArray[np.float64] | None, threshold: float
) -> dict[str, float]:
    """Measure a threshold.

    Returns ``n_flagged`` and ``alert_rate``. With labels (1 anomalous, 0 normal, NaN without) also
    ``true_positives``, ``false_positives``, ``false_negatives``, ``true_negatives``, ``precision``,
    ``recall`` and ``f1``, over the labelled samples; NaN where undefined.
    """
    flagged = scores >= threshold
    n_flagged = int(flagged.sum())
    if labels is None:
        return metrics_of_counts(len(scores), n_flagged)
    normal, anomalous = labels == 0, labels == 1
    return metrics_of_counts(
        len(scores),
        n_flagged,
        (int(np.count_nonzero(flagged & normal)), int(np.count_nonzero(flagged & anomalous))),
        (int(np.count_nonzero(normal)), int(np.count_nonzero(anomalous))),
    )


def metrics_of_counts(
    n: int,
    n_flagged: int,
    flagged: tuple[int, int] | None = None,
    totals: tuple[int, int] = (0, 0),
) -> dict[str, float]:
    """Return what `threshold_metrics` does, from counts alone.

    `flagged` and `totals` count the samples labelled normal and anomalous; None without labels.
    """
    metrics: dict[str, float] = {"n_flagged": n_flagged, "alert_rate": n_flagged / n}
    if flagged is None:
        return metrics
    fp, tp = flagged
    fn, tn = totals[1] - tp, totals[0] - fp
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
