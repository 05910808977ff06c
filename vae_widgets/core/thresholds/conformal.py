"""Conformal p-values: a bound on false alarms that holds for any distribution and any n."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.pairing import shared_index
from vae_widgets.core.thresholds.threshold import Threshold, above
from vae_widgets.core.ticks import counted


def conformal_p_values(scores: ArrayLike, normal: ArrayLike) -> NDArray[np.float64]:
    """Return how unusual each score is among normal ones: float64 (n,), in (0, 1].

    ``(1 + number of normal scores >= score) / (1 + number of normal scores)``. For a new normal
    sample it is at most `rate` with a chance of at most `rate` (Vovk, Gammerman and Shafer,
    Algorithmic Learning in a Random World, 2005; Bates et al., Annals of Statistics 51, 2023).

    Parameters
    ----------
    scores
        Finite scores (n,) of new samples, higher = more anomalous.
    normal
        Finite scores (m,) of normal samples that the model was not trained on.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or `normal` seems to hold labels.
    """
    scores = checks.scores("scores", scores)
    ordered = np.sort(checks.scores("normal", normal))
    whole = np.asarray(normal).dtype.kind in "bui"
    if whole and len(ordered) == len(scores) and np.isin(ordered, (0, 1)).all():
        raise ValueError(
            "normal holds 0 and 1 alone, as labels do; expected the scores of normal samples. With "
            "labels pass scores[labels == 0]."
        )
    at_least = len(ordered) - np.searchsorted(ordered, scores, side="left")
    p_values: NDArray[np.float64] = (1 + at_least) / (1 + len(ordered))
    return p_values


def conformal_threshold(
    scores: ArrayLike,
    labels: ArrayLike | None = None,
    rate: float = 0.05,
    confidence: float | None = None,
) -> Threshold:
    """Flag what has a conformal p-value of at most `rate`: a finite-sample bound on false alarms.

    The bound is an average over the choice of the normal scores; with `confidence` it holds for the
    ones at hand with that confidence (Vovk 2012: the rate follows Beta(k, n + 1 - k)).

    Parameters
    ----------
    scores
        Finite scores (n,) of samples that the model was not trained on, higher = more anomalous.
    labels
        (n,) booleans or 0 and 1, 1 = anomalous; None or NaN = not labelled. Only those labelled
        normal count; without labels all, so that some anomalies are missed.
    rate
        False alarms allowed, as a share of normal samples, in (0, 1).
    confidence
        In (0, 1), or None for the bound on average.

    Raises
    ------
    ValueError
        If there are too few normal scores for this rate.
    """
    shared_index({"scores": scores, "labels": labels})
    scores = checks.scores("scores", scores)
    rate = checks.open_share("rate", rate)
    if confidence is not None:
        confidence = checks.open_share("confidence", confidence)
    normal = scores
    if labels is not None:
        normal = scores[checks.anomaly_labels("labels", labels, len(scores)) == 0]
    n = len(normal)
    rank = _rank(n, rate, confidence)
    if not rank:
        needed = _needed(rate, confidence)
        sure = "" if confidence is None else f" with confidence {confidence:g}"
        raise ValueError(
            f"{counted(n, 'normal score')} cannot promise a false alarm rate of "
            f"{rate:g}{sure}; that takes at least {needed:,}. Pass more normal scores, or allow a "
            "higher rate."
        )
    from scipy.special import betaincinv

    highest = np.partition(normal, n - rank)[n - rank]
    worst = float(betaincinv(rank, n + 1 - rank, 0.95))
    sure = "on average" if confidence is None else f"with confidence {confidence:g}"
    return Threshold(
        above(highest),
        "conformal",
        {"rate": rate, "confidence": confidence},
        f"At most {100 * rate:.3g} % false alarms {sure}, by {counted(n, 'normal score')} "
        f"(with 95 % confidence at most {100 * worst:.3g} %).",
        (
            "Assumes that the scores"
            if labels is None
            else "Assumes that the samples labelled normal"
        )
        + " are normal, unseen in training, and exchangeable with the new ones.",
        {"n_normal": n, "expected_rate": rank / (n + 1), "rate_95": worst},
    )


def _rank(n: int, rate: float, confidence: float | None) -> int:
    """Return k: what lies above the k-th highest of `n` normal scores may be flagged (0: none)."""
    # Rounded, because 0.07 * 100 is 7.000000000000001 in floating point, and 0.29 * 100 below 29.
    rank = min(n, math.floor(round(rate * (n + 1), 9)))
    if confidence is None:
        return rank
    from scipy.special import betainc

    ranks = np.arange(1, rank + 1)
    return int(np.count_nonzero(betainc(ranks, n + 1 - ranks, rate) >= confidence))


def _needed(rate: float, confidence: float | None) -> int:
    on_average = math.ceil(round(1 / rate, 9)) - 1
    if confidence is None:
        return on_average
    # Beta(1, n): 1 - (1 - rate)^n >= confidence.
    return max(on_average, math.ceil(round(math.log1p(-confidence) / math.log1p(-rate), 9)))
