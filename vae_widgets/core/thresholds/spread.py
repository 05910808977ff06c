"""Thresholds a number of spreads above the middle: quartiles, median deviation, z-score.

A score on the fence is flagged, as in pythresh; of constant scores none.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.thresholds.threshold import Threshold, above
from vae_widgets.core.ticks import counted

# Makes the median absolute deviation of a normal distribution its standard deviation.
NORMAL_MAD = 1.482602218505602
# As a share of middle and fence: scores this near are on the fence except for rounding.
_ROUNDING = 1e-14


def iqr_threshold(scores: ArrayLike, factor: float = 1.5) -> Threshold:
    """Flag what lies `factor` interquartile ranges or more above the third quartile.

    Tukey's fence (Exploratory Data Analysis, 1977). A quartile between two scores is their middle
    (``numpy.percentile(..., method="midpoint")``).

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous.
    factor
        At least 0; 1.5 is Tukey's "outside", 3 his "far out".
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
    """Flag what lies `factor` scaled median absolute deviations or more above the median.

    Iglewicz and Hoaglin (How to Detect and Handle Outliers, 1993), with deviations scaled by
    1.4826. It holds with up to half of the scores anomalous. `pythresh_mad_threshold` is another
    rule.

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


def z_score_threshold(scores: ArrayLike, factor: float = 3.0) -> Threshold:
    """Flag what lies `factor` standard deviations or more above the mean.

    Anomalies raise the mean and the deviation (masking): among `n` scores none lies more than ``(n
    - 1) / sqrt(n)`` deviations away. Prefer `mad_threshold`.

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous.
    factor
        At least 0. The deviation is divided by n.
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
) -> Threshold:
    factor = checks.number_between("factor", factor, 0)
    if scores.min() == scores.max():
        # The mean of equal scores can differ from them by rounding, and then flag them all.
        threshold, text = above(scores[0]), "All scores are the same: none is flagged."
    elif not spread[0]:
        threshold = above(middle[0])
        text = f"Ties make the {spread[1]} 0: all above {middle[1]} is flagged."
    else:
        threshold = middle[0] + factor * spread[0]
        # A score that is on the fence except for rounding counts as on it.
        below = threshold - _ROUNDING * (abs(middle[0]) + factor * spread[0])
        threshold = min(threshold, scores[scores >= below].min(initial=np.inf))
        plural = "" if factor == 1 else "s"
        text = (
            f"{factor:g} {spread[1]}{plural} above {middle[1]} of {counted(len(scores), 'score')}."
        )
    estimates = {"middle": middle[0], "spread": spread[0]}
    return Threshold(threshold, method, {"factor": factor}, text, assumes, estimates)
