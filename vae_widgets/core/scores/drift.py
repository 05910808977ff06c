"""Whether later scores still come from the distribution that a threshold was chosen on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.scores.intervals import kolmogorov_p_value

# A batch may leave a decile empty: its logarithm needs some share.
LEAST_SHARE = 1e-4
MAX_QUANTILES = 201


@dataclass(frozen=True)
class Replay:
    """What a policy does to a later batch of scores.

    Attributes
    ----------
    n_scores, n_flagged : int
        Size of the batch, and how many of it are flagged.
    alert_rate : float
        Share flagged.
    alert_rate_interval : tuple
        Its 95 % interval (`intervals.wilson_interval`).
    alert_rate_changed : bool or None
        Whether that interval and the policy's own are disjoint; None if unknown.
    ks, ks_p_value : float
        Kolmogorov-Smirnov distance and its p-value; NaN without reference scores.
    psi : float
        Population stability index over the deciles of the reference: below 0.1 stable, above 0.25
        shifted, by the common rule of thumb (Siddiqi, Credit Risk Scorecards, 2006). NaN as above.
    drifted : bool
        Whether p is below 0.01 and PSI above 0.1, or the alert rate changed.
    verdict : str
        All this in a sentence or two.
    """

    n_scores: int
    n_flagged: int
    alert_rate: float
    alert_rate_interval: tuple[float, float]
    alert_rate_changed: bool | None
    ks: float
    ks_p_value: float
    psi: float
    drifted: bool
    verdict: str

    def __repr__(self) -> str:
        return f"<Replay: {self.verdict}>"


def reference_quantiles(scores: ArrayLike) -> tuple[float, ...]:
    """Return what a policy keeps of its scores: all up to 201, else as many quantiles."""
    ordered = np.sort(checks.scores("scores", scores))
    if len(ordered) > MAX_QUANTILES:
        ordered = np.quantile(ordered, np.linspace(0, 1, MAX_QUANTILES), method="inverted_cdf")
    return tuple(ordered.tolist())


def ks_distance(
    reference: tuple[float, ...], n_reference: int, scores: NDArray[np.float64]
) -> tuple[float, float]:
    """Return the Kolmogorov-Smirnov distance of scores from a reference, and its p-value.

    `reference` is of `reference_quantiles`, made of `n_reference` scores.
    """
    ordered = np.sort(scores)
    n = len(ordered)
    before, up_to = _cumulative(np.array(reference), n_reference, ordered)
    batch_before = np.searchsorted(ordered, ordered, "left") / n
    batch_up_to = np.searchsorted(ordered, ordered, "right") / n
    distance = max(
        float(np.abs(batch_before - before).max()), float(np.abs(batch_up_to - up_to).max())
    )
    return distance, kolmogorov_p_value(distance, n * n_reference / (n + n_reference))


def population_stability(reference: tuple[float, ...], scores: NDArray[np.float64]) -> float:
    """Return the population stability index: sum of (a - e) ln(a / e) over deciles.

    e and a are the shares of the reference and of the scores in each, at least 0.0001. Tied
    reference scores merge deciles.
    """
    ordered = np.array(reference)
    # Scores themselves: an interpolated edge might fall beside a tie by rounding.
    edges = np.unique(ordered[(np.arange(1, 10) * len(ordered) + 9) // 10 - 1])
    counts = np.searchsorted(ordered, edges, "right") - np.searchsorted(ordered, edges, "left")
    ties = edges[counts > 1]
    shares = []
    for values in (ordered, np.sort(scores)):
        cuts = [np.searchsorted(values, ties, "left"), np.searchsorted(values, edges, "right")]
        up_to = np.sort(np.concatenate(cuts)) / len(values)
        shares.append(np.maximum(np.diff([0.0, *up_to, 1.0]), LEAST_SHARE))
    expected, actual = shares
    return float(np.sum((actual - expected) * np.log(actual / expected)))


def _cumulative(
    reference: NDArray[np.float64], n: int, at: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the shares of the reference below each value, and up to and with it."""
    left = np.searchsorted(reference, at, "left")
    right = np.searchsorted(reference, at, "right")
    if n <= MAX_QUANTILES:  # these are the scores themselves
        return left / n, right / n
    # The i-th of m quantiles has a share of i / (m - 1) below it; between two it rises evenly.
    last = len(reference) - 1
    lower = reference[np.clip(left - 1, 0, last)]
    upper = reference[np.clip(left, 0, last)]
    gap = np.where((left > 0) & (left <= last) & (upper > lower), upper - lower, np.inf)
    between = np.where(left == right, (at - lower) / gap, 0.0)
    before = np.where(left == right, left - 1 + between, left)
    up_to = np.where(left == right, before, right - 1)
    return np.clip(before / last, 0, 1), np.clip(up_to / last, 0, 1)
