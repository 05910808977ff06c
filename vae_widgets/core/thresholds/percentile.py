"""Thresholds that promise a share or a number of alerts: a percentile, or the top k."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.thresholds.threshold import Threshold, above
from vae_widgets.core.ticks import counted


def percentile_threshold(scores: ArrayLike, percentile: float = 95.0) -> Threshold:
    """Flag at most the top ``100 - percentile`` percent.

    A tie at the cut stays unflagged as a whole. If no sample may be flagged (percentile 95 of 10
    samples), it lies just above the highest score.

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous.
    percentile
        In [0, 100]: 95 flags at most 5 % of the samples, 0 flags all. scikit-learn's
        ``contamination`` is ``1 - percentile / 100``.
    """
    scores = checks.scores("scores", scores)
    percentile = checks.number_between("percentile", percentile, 0, 100)
    # Rounded, because 1000 * (100 - 99.9) / 100 is 0.99999... in floating point.
    allowed = math.floor(round(len(scores) * (100 - percentile) / 100, 6))
    text = f"Flags at most the top {100 - percentile:.6g} % of {counted(len(scores), 'sample')}"
    threshold = at_most(scores, allowed)
    return Threshold(
        threshold,
        "percentile",
        {"percentile": percentile},
        text + (_tied(scores, threshold) if allowed or percentile == 100 else ": room for none."),
        "Assumes that this share of alerts is right: it flags as many when nothing is wrong.",
    )


def top_k_threshold(scores: ArrayLike, k: int = 50) -> Threshold:
    """Flag at most `k` samples; a tie that would exceed `k` stays unflagged.

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous.
    k
        How many alerts a batch of this size may raise, at least 1.
    """
    scores = checks.scores("scores", scores)
    k = checks.positive_int("k", k)
    threshold = at_most(scores, k)
    return Threshold(
        threshold,
        "top_k",
        {"k": k},
        f"Flags at most {k:,} of {counted(len(scores), 'sample')}, what the reviewers can look at"
        + _tied(scores, threshold),
        "Assumes that later batches have this size; a larger one raises more alerts.",
    )


def _tied(scores: NDArray[np.float64], threshold: float) -> str:
    highest = scores.max()
    tied = 1 if threshold <= highest else int(np.count_nonzero(scores == highest))
    if tied < 2:
        return "."
    return f": none, for the highest score is that of {tied:,} samples."


def at_most(scores: NDArray[np.float64], allowed: int) -> float:
    """Return the lowest score that, as a threshold, flags at most `allowed` of `scores`."""
    if allowed >= len(scores):
        return float(scores.min())
    # With `excluded` the highest score that must stay below, the next higher one is the threshold.
    excluded = np.partition(scores, len(scores) - 1 - allowed)[len(scores) - 1 - allowed]
    higher = scores[scores > excluded]
    return float(higher.min()) if higher.size else above(excluded)
