"""Two rules of pythresh that differ from the published ones, to repeat its choices."""

import numpy as np
from numpy.typing import ArrayLike

from vae_widgets.core import checks
from vae_widgets.core.thresholds.gesd import critical_values, remove_most_deviating
from vae_widgets.core.thresholds.threshold import Threshold, above
from vae_widgets.core.ticks import counted


def pythresh_mad_threshold(scores: ArrayLike, factor: float = 1.0) -> Threshold:
    """Flag what the MAD of pythresh flags, to repeat a threshold that was chosen with it.

    pythresh 1.1 scales scores to [0, 1] and adds to their mean `factor` times their median absolute
    deviation divided by their standard deviation. That moves with the largest outlier: prefer
    `mad_threshold`.

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous.
    factor
        At least 0; 1 is pythresh's default.
    """
    scores = checks.scores("scores", scores)
    factor = checks.number_between("factor", factor, 0)
    middle, standard, span = float(scores.mean()), float(scores.std()), float(np.ptp(scores))
    spread = float(np.median(np.abs(scores - np.median(scores)))) / standard * span if span else 0.0
    if not span:
        threshold, text = above(scores[0]), "All scores are the same: none is flagged."
    elif not spread:
        threshold = middle
        text = "Ties make the median absolute deviation 0: all from the mean on is flagged."
    else:
        threshold = middle + factor * spread
        plural = "" if factor == 1 else "s"
        text = (
            f"{factor:g} pythresh unit{plural} above the mean of {counted(len(scores), 'score')}."
        )
    return Threshold(
        threshold,
        "pythresh_mad",
        {"factor": factor},
        text,
        "Assumes that pythresh is to be repeated: its unit, range x MAD / standard deviation, "
        "grows with the largest outlier.",
        {"middle": middle, "spread": spread},
    )


def pythresh_gesd_threshold(
    scores: ArrayLike, alpha: float = 0.05, max_outliers: int | None = None
) -> Threshold:
    """Flag what the GESD of pythresh flags, to repeat a threshold that was chosen with it.

    pythresh 1.1 flags all from the lowest outlier on, so that one low outlier flags the normal
    scores, and divides deviations by n rather than n - 1: prefer `gesd_threshold`.

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous. Fewer than 3 are never flagged.
    alpha
        Chance to find anything where normally distributed scores have no outlier, in (0, 1).
    max_outliers
        How many outliers to look for, at most half of the scores; None: half, but at most 10,000.
    """
    scores = checks.scores("scores", scores)
    alpha = checks.open_share("alpha", alpha)
    n = len(scores)
    max_outliers = (
        min(n // 2, 10_000)
        if max_outliers is None
        else checks.int_up_to("max_outliers", max_outliers, n // 2, f"half of the {n} scores")
    )
    ordered = np.sort(scores)
    deviations, removed = remove_most_deviating(ordered, max_outliers)
    left = n - np.arange(max_outliers)
    deviations *= np.sqrt(left / (left - 1))
    outliers = removed[deviations > critical_values(n, max_outliers, alpha)]
    if not outliers.size:
        threshold, flagged = above(ordered[-1]), "none is flagged"
    else:
        threshold, flagged = float(ordered[outliers.min()]), "all from the lowest on is flagged"
        if outliers.min() < max_outliers:  # what was removed from below is in the lower half
            flagged = "the lowest is a low one, and all above it is flagged"
    return Threshold(
        threshold,
        "pythresh_gesd",
        {"alpha": alpha, "max_outliers": max_outliers},
        f"{counted(outliers.size, 'outlier')} among {counted(n, 'score')}, tested for up "
        f"to {max_outliers:,} at level {alpha:g} as in pythresh: {flagged}.",
        "Assumes that pythresh is to be repeated: a low outlier makes alarms of all scores above.",
        {"n_outliers": outliers.size},
    )
