"""Choose a threshold, and say what it does. A sample is flagged when score >= threshold."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.curves import curve


def percentile_threshold(scores: ArrayLike, percentile: float) -> float:
    """Return the threshold that flags at most the top ``100 - percentile`` percent.

    It is the lowest score that keeps the promise "at most": tied scores are flagged together, so
    where a tie straddles the cut the whole tie stays unflagged. Where the promise leaves room for
    no sample (percentile 95 of 10 samples), it lies just above the highest score.

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous.
    percentile
        In [0, 100]: 95 flags at most 5 % of the samples, 0 flags all.
    """
    scores = checks.scores("scores", scores)
    percentile = checks.number_between("percentile", percentile, 0, 100)
    # Rounded, because 1000 * (100 - 99.9) / 100 is 0.99999... in floating point.
    allowed = math.floor(round(len(scores) * (100 - percentile) / 100, 6))
    if allowed == len(scores):
        return float(scores.min())
    # With `excluded` the highest score that must stay below, the next higher one is the threshold.
    excluded = np.partition(scores, len(scores) - 1 - allowed)[len(scores) - 1 - allowed]
    higher = scores[scores > excluded]
    return float(higher.min()) if higher.size else above(excluded)


def best_f1_threshold(scores: ArrayLike, labels: ArrayLike) -> float:
    """Return the score that, as a threshold, gives the highest F1; the highest of equals.

    Measured on the labels it was chosen by, that F1 is optimistic.

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous.
    labels
        (n,) booleans or 0 and 1, 1 = anomalous; None or NaN = not labelled.

    Raises
    ------
    ValueError
        If no sample is labelled anomalous: F1 is then 0 everywhere.
    """
    points = curve(scores, labels)
    if not points.n_anomalous:
        raise ValueError("labels has no anomalous sample; the best F1 needs at least one.")
    return float(points.thresholds[np.argmax(points.f1)])


def above(score: float) -> float:
    """Return the smallest threshold that does not flag `score`."""
    return float(np.nextafter(score, np.inf))


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
