"""How precise all alerts are, judged from the few that were reviewed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.core.scores.intervals import wilson_interval
from vae_widgets.core.ticks import counted

Counts = tuple[NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True)
class ReviewedPrecision:
    """What `reviewed_precision` found for each threshold, arrays (m,).

    `precision` is NaN if some samples have no label and none was drawn at random; `low` and `high`
    are then what is possible. `covered` is the share of the flagged samples with a label, or for
    which random ones stand; NaN if none is flagged.
    """

    precision: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    covered: NDArray[np.float64]
    n_flagged: NDArray[np.int64]
    n_labelled: NDArray[np.int64]
    n_drawn: NDArray[np.int64]


def reviewed_precision(
    n_flagged: NDArray[np.int64], labelled: Counts, drawn: Counts, confidence: float = 0.95
) -> ReviewedPrecision:
    """Estimate the precision among all flagged samples where only some have a label.

    Only samples that were drawn at random (the order "random" of a `ReviewQueue`) stand for those
    without a label. Of N flagged samples let K have a label for another reason, a of them
    anomalous, and of the other N - K let n be drawn and b of these be anomalous. Then::

        precision = (a + (N - K) b / n) / N

    This is the stratified estimator (Cochran, Sampling Techniques, 3rd ed. 1977, eq. 5.1). The
    interval of b / n is Wilson's for ``n / (1 - n / (N - K))`` samples, which is the finite
    population correction.

    Parameters
    ----------
    n_flagged
        Number of flagged samples for each threshold (m,).
    labelled
        How many flagged samples are labelled normal, and anomalous; each (m,).
    drawn
        How many of these were drawn at random from those without a label.
    confidence
        Of the interval, in (0, 1).
    """
    confidence = checks.open_share("confidence", confidence)
    n_labelled, n_drawn = labelled[0] + labelled[1], drawn[0] + drawn[1]
    known_anomalous = labelled[1] - drawn[1]
    rest = n_flagged - (n_labelled - n_drawn)
    ends = [
        _ends(int(b), int(n), int(of), confidence)
        for b, n, of in zip(drawn[1], n_drawn, rest, strict=True)
    ]
    low, middle, high = np.array(ends).reshape(-1, 3).T
    with np.errstate(invalid="ignore", divide="ignore"):
        precision, low, high = (
            (known_anomalous + rest * x) / n_flagged for x in (middle, low, high)
        )
        covered = np.where((n_drawn > 0) | (rest == 0), n_flagged, n_labelled) / n_flagged
    nothing = n_flagged == 0
    return ReviewedPrecision(
        np.where(nothing, np.nan, precision),
        np.where(nothing, 0.0, low),
        np.where(nothing, 1.0, high),
        covered,
        n_flagged,
        n_labelled,
        n_drawn,
    )


def _ends(anomalous: int, n: int, of: int, confidence: float) -> tuple[float, float, float]:
    """Return low end, share and high end of the anomalous ones of whom `n` of `of` were drawn."""
    if not of:
        return 0.0, 0.0, 0.0
    if not n:
        return 0.0, np.nan, 1.0
    share = anomalous / n
    if n == of:
        return share, share, share
    effective = n / (1 - n / of)
    low, high = wilson_interval(share * effective, effective, confidence)
    return min(low, share), share, max(high, share)  # not past it by rounding


def precision_text(found: ReviewedPrecision, at: int = 0) -> str:
    """Return in words what is known of the precision of all that the threshold `at` flags."""
    n, labelled, drawn = (int(of[at]) for of in (found.n_flagged, found.n_labelled, found.n_drawn))
    if not n:
        return "No sample is flagged: the precision is undefined."
    if not labelled:
        return f"{counted(n, 'flagged sample')}, none with a label yet."
    span = f"{found.low[at]:.3f} to {found.high[at]:.3f}"
    name = f"Precision of all {n:,} flagged"
    if labelled == n:
        return f"{name}: {found.precision[at]:.3f}; all of them have a label."
    if not drawn:
        were, they = ("was", "it says") if labelled == 1 else ("were", "they say")
        return (
            f"{name}: from {span}. The {counted(labelled, 'labelled sample')} {were} not drawn at "
            f"random, so {they} nothing about the others. Review some in random order for an "
            "estimate."
        )
    return (
        f"{name}: {found.precision[at]:.3f}, 95 % interval {span}, judged by {drawn:,} drawn at "
        "random."
    )
