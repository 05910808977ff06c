"""Thresholds so many spreads above the middle: quartiles, median deviation, z-score.

What lies *beyond* such a fence is flagged, so a score exactly on it is not: constant scores have no
spread, and none of them is flagged.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.thresholds.threshold import Threshold, above

# Makes the median absolute deviation of a normal distribution its standard deviation.
NORMAL_MAD = 1.482602218505602


def iqr_threshold(scores: ArrayLike, factor: float = 1.5) -> Threshold:
    """Flag what lies more than `factor` interquartile ranges above the third quartile.

    Tukey's fence (Exploratory Data Analysis, 1977). A quartile between two scores is the middle of
    them, near to his hinges, and as in pythresh: ``numpy.percentile(..., method="midpoint")``; of
    two scores alone it is interpolated.

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous.
    factor
        At least 0; 1.5 is Tukey's "outside", 3 his "far out". Of normally distributed scores
        0.35 % lie above the first, 0.0001 % above the second.
    """
    scores = checks.scores("scores", scores)
    # Between two scores alone there is one middle, and no spread around it.
    method: Literal["midpoint", "linear"] = "midpoint" if len(scores) > 2 else "linear"
    first, third = np.percentile(scores, [25, 75], method=method)
    return _fence(
        "iqr",
        scores,
        (float(third), "the third quartile"),
        (float(third - first), "interquartile range"),
        factor,
        "Assumes that normal scores have no long right tail.",
    )


def mad_threshold(scores: ArrayLike, factor: float = 3.5) -> Threshold:
    """Flag what lies more than `factor` scaled median absolute deviations above the median.

    Iglewicz and Hoaglin (How to Detect and Handle Outliers, 1993): 3.5, with deviations scaled by
    1.4826 to be a standard deviation where scores are normally distributed. Up to half of the
    scores may be anomalous before it breaks down. Not the MAD of pythresh, which is another rule:
    `pythresh_mad_threshold`.

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous.
    factor
        At least 0.
    """
    scores = checks.scores("scores", scores)
    middle = float(np.median(scores))
    return _fence(
        "mad",
        scores,
        (middle, "the median"),
        (NORMAL_MAD * float(np.median(np.abs(scores - middle))), "median absolute deviation"),
        factor,
        "Assumes that normal scores lie evenly around their median; a long tail is flagged too.",
    )


def pythresh_mad_threshold(scores: ArrayLike, factor: float = 1.0) -> Threshold:
    """Flag what the MAD of pythresh flags, to repeat a threshold that was chosen with it.

    pythresh 1.1 scales scores to [0, 1] and adds to their mean `factor` times their median absolute
    deviation divided by their standard deviation. Dividing takes the unit away, so that the fence
    moves with the range, that is with the largest outlier: prefer `mad_threshold`. A score on the
    fence is flagged, as there.

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous.
    factor
        At least 0; 1 is pythresh's default.
    """
    scores = checks.scores("scores", scores)
    deviation = float(np.median(np.abs(scores - np.median(scores))))
    standard = float(scores.std())
    relative = deviation / standard if standard else 0.0
    return _fence(
        "pythresh_mad",
        scores,
        (float(scores.mean()), "the mean"),
        (relative * float(np.ptp(scores)), "pythresh unit"),
        factor,
        "Assumes that pythresh is to be repeated: its unit, range x MAD / standard deviation, "
        "grows with the largest outlier.",
        flags_fence=True,
    )


def z_score_threshold(scores: ArrayLike, factor: float = 3.0) -> Threshold:
    """Flag what lies more than `factor` standard deviations above the mean.

    Anomalies raise the mean and the deviation that they are judged by (masking): among `n` scores
    none can lie more than ``(n - 1) / sqrt(n)`` deviations away. `mad_threshold` does not suffer
    from that.

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous.
    factor
        At least 0. The deviation is that of the sample itself (divided by n), as in
        ``scipy.stats.zscore``.
    """
    scores = checks.scores("scores", scores)
    return _fence(
        "z_score",
        scores,
        (float(scores.mean()), "the mean"),
        (float(scores.std()), "standard deviation"),
        factor,
        "Assumes that normal scores follow a normal distribution, and anomalies are few.",
    )


def _fence(
    method: str,
    scores: NDArray[np.float64],
    middle: tuple[float, str],
    spread: tuple[float, str],
    factor: float,
    assumes: str,
    flags_fence: bool = False,
) -> Threshold:
    """Return the threshold just above `middle` + `factor` x `spread`, each with its name.

    With `flags_fence` there itself, unless all scores are the same.
    """
    factor = checks.number_between("factor", factor, 0)
    constant = scores.min() == scores.max()
    # The mean of equal scores can differ from them by rounding, and then flag them all.
    fence = float(scores[0]) if constant else middle[0] + factor * spread[0]
    plural = "" if factor == 1 else "s"
    text = f"{factor:g} {spread[1]}{plural} above {middle[1]} of {len(scores):,} scores."
    if constant:
        text = "All scores are the same: none is flagged."
    elif not spread[0]:
        where = f"from {middle[1]} on" if flags_fence else f"above {middle[1]}"
        text = f"Ties make the {spread[1]} 0: all {where} is flagged."
    estimates = {"middle": middle[0], "spread": spread[0]}
    threshold = fence if flags_fence and not constant else above(fence)
    return Threshold(threshold, method, {"factor": factor}, text, assumes, estimates)
