"""The generalised extreme studentised deviate test (Rosner 1983)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.thresholds.threshold import Threshold, above
from vae_widgets.core.ticks import counted


def gesd_threshold(
    scores: ArrayLike, alpha: float = 0.05, max_outliers: int | None = None
) -> Threshold:
    """Flag the high outliers that a sequence of significance tests finds.

    Rosner (Technometrics 25, 1983, 165-172): the score furthest from the mean is removed up to
    `max_outliers` times. The largest number i for which the i-th deviation exceeds its critical
    value is the number of outliers. The test is two-sided; low outliers are removed, not flagged.

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous. Fewer than 3 are never flagged.
    alpha
        Chance to flag anything where normally distributed scores have no outlier, in (0, 1).
    max_outliers
        How many outliers to look for, less than half of the scores; None: a tenth of the scores, at
        least 10 where there are as many, at most 10,000.
    """
    scores = checks.scores("scores", scores)
    alpha = checks.open_share("alpha", alpha)
    n = len(scores)
    most = (n - 1) // 2
    max_outliers = (
        min(most, max(10, n // 10), 10_000)
        if max_outliers is None
        else checks.int_up_to("max_outliers", max_outliers, most, f"below half of the {n} scores")
    )
    ordered = np.sort(scores)
    deviations, removed = remove_most_deviating(ordered, max_outliers)
    exceeding = np.flatnonzero(deviations > critical_values(n, max_outliers, alpha))
    n_outliers = int(exceeding[-1]) + 1 if exceeding.size else 0
    n_high = int((removed[:n_outliers] >= n - max_outliers).sum())
    highest = ordered[n - 1 - n_high]  # of the scores that are not outliers
    higher = ordered[np.searchsorted(ordered, highest, "right") :]
    return Threshold(
        float(higher[0]) if higher.size else above(highest),
        "gesd",
        {"alpha": alpha, "max_outliers": max_outliers},
        f"{counted(len(higher), 'high outlier')} among {counted(n, 'score')}, tested for up "
        f"to {max_outliers:,} at level {alpha:g}."
        + (" Rosner's test is accurate from 25 scores on." if n < 25 else ""),
        "Assumes that normal scores follow a normal distribution; a long tail is flagged too.",
        {"n_outliers": n_outliers, "n_flagged": len(higher)},
    )


def critical_values(n: int, n_outliers: int, alpha: float) -> NDArray[np.float64]:
    """Return Rosner's critical values for the 1st to the `n_outliers`-th deviation, his eq. 2.5."""
    from scipy.special import stdtrit

    left = n - np.arange(n_outliers)
    t = stdtrit(left - 2.0, 1 - alpha / (2 * left))
    values: NDArray[np.float64] = (left - 1) * t / np.sqrt((left - 2 + t**2) * left)
    return values


def remove_most_deviating(
    ordered: NDArray[np.float64], most: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Remove the score furthest from the mean, `most` times: at most half of the sorted scores.

    Returns how many standard deviations (divisor n - 1) each was away, and its index, each (most,).
    Sums go outwards from the scores that stay: subtracting a huge outlier would lose all digits.
    """
    n = len(ordered)
    centred = ordered - np.median(ordered)
    core = centred[most : n - most]
    low = [_sums_outwards(centred[:most][::-1] ** power) for power in (1, 2)]
    high = [_sums_outwards(centred[n - most :] ** power) for power in (1, 2)]
    total, squares = float(core.sum()), float((core**2).sum())
    first, last = 0, n - 1
    deviations, removed = np.zeros(most), np.zeros(most, np.int64)
    for i in range(most):
        left = last - first + 1
        below, over = most - first, most - (n - 1 - last)  # how many beside the core are left
        mean = (total + low[0][below] + high[0][over]) / left
        variance = (squares + low[1][below] + high[1][over] - left * mean**2) / (left - 1)
        to_low, to_high = mean - centred[first], centred[last] - mean
        if ordered[first] < ordered[last] and variance > 0:
            deviations[i] = max(to_low, to_high) / variance**0.5
        if to_high >= to_low:
            removed[i] = last
            last -= 1
        else:
            removed[i] = first
            first += 1
    return deviations, removed


def _sums_outwards(values: NDArray[np.float64]) -> list[float]:
    return [0.0, *np.cumsum(values).tolist()]
