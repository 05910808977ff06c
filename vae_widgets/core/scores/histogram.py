"""A histogram that can be cut anywhere: counts at a fine grid of round thresholds."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core.ticks import round_up

MIN_BINS, MAX_BINS = 10, 80
# A drag moves by one grid step: about a pixel of a histogram that is 450 pixels wide.
MIN_STEPS = 400
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200)  # of a bin


@dataclass(frozen=True)
class ScoreGrid:
    """How many scores lie at or above each of many thresholds.

    `thresholds` (m,) are ascending, equally spaced, round decimal numbers, and `at_or_above`
    (classes, m). A bin has `steps_per_bin` grid steps; `clipped` tells of outliers outside of the
    grid.
    """

    thresholds: NDArray[np.float64]
    at_or_above: NDArray[np.uint32]
    steps_per_bin: int
    clipped: bool


def score_grid(
    classes: list[NDArray[np.float64]],
    *,
    scores: NDArray[np.float64] | None = None,
    full_range: bool = False,
    bins: int | None = None,
) -> ScoreGrid:
    """Lay a grid of thresholds over the ascending float64 scores of each class.

    Parameters
    ----------
    scores
        The scores of all classes together, sorted, if known.
    full_range
        Span all scores. By default, scores further from the first and the last percentile than
        three times their distance may be left outside.
    bins
        About how many bins; None follows Freedman and Diaconis (1981), width 2 IQR / n^(1/3),
        within 10 to 80.
    """
    if scores is None:
        scores = np.sort(np.concatenate(classes))
    low, high = float(scores[0]), float(scores[-1])
    clipped = False
    if not full_range:
        near_low, near_high = _without_outliers(scores, low, high)
        clipped = (near_low, near_high) != (low, high)
        low, high = near_low, near_high
    bin_width = round_up(_bin_width(scores, low, high, bins))
    exact = Fraction(repr(bin_width))
    first = math.floor(Fraction(low) / exact)
    end = math.floor(Fraction(high) / exact) + 1
    if _multiples(exact, range(end, end + 1))[0] <= high:  # it is above, but is rounded to it
        end += 1
    n_bins = max(1, end - first)
    spare = max(0, MIN_BINS - n_bins) if bins is None else 0
    # Scores that are never negative, such as losses, have no bins below 0.
    first -= min(spare // 2, first) if first >= 0 else spare // 2
    n_bins += spare
    steps = next((s for s in _STEPS if s * n_bins >= MIN_STEPS), _STEPS[-1])
    finest = _finest(low, high)
    steps = next((s for s in reversed(_STEPS) if s <= steps and bin_width / s >= finest), 1)
    whole = range(first * steps, (first + n_bins) * steps + 1)
    thresholds = _multiples(exact / steps, whole)
    counts = [len(of) - np.searchsorted(of, thresholds, side="left") for of in classes]
    return ScoreGrid(thresholds, np.stack(counts).astype(np.uint32), steps, clipped)


def _without_outliers(scores: NDArray[np.float64], low: float, high: float) -> tuple[float, float]:
    first, last = quantiles(scores, [0.01, 0.99])
    reach = 3 * (last - first)
    near_low = float(scores[np.searchsorted(scores, first - reach)])
    near_high = float(scores[np.searchsorted(scores, last + reach, side="right") - 1])
    worth_it = 0 < near_high - near_low < (high - low) / 1.5
    return (near_low, near_high) if worth_it else (low, high)


def _bin_width(scores: NDArray[np.float64], low: float, high: float, bins: int | None) -> float:
    finest = _finest(low, high)
    span = high - low
    if not span:  # all scores are the same: a picture around them
        return max(finest, abs(low) / 100) if low else 0.1
    if bins is not None:
        return max(finest, span / bins)
    first, third = quantiles(scores, [0.25, 0.75])
    width = 2 * float(third - first) / len(scores) ** (1 / 3)
    return float(max(finest, min(max(width, span / MAX_BINS), span / MIN_BINS)))


def quantiles(ascending: NDArray[np.float64], shares: ArrayLike) -> NDArray[np.float64]:
    """Return what ``np.quantile`` does, without looking at all of the scores."""
    at = np.asarray(shares) * (len(ascending) - 1)
    below = np.floor(at).astype(int)
    low, high = ascending[below], ascending[np.ceil(at).astype(int)]
    between: NDArray[np.float64] = low + (high - low) * (at - below)
    return between


def _multiples(step: Fraction, whole: range) -> NDArray[np.float64]:
    """Return the floats nearest to some multiples of a step; infinite beyond the largest one."""
    numerator, denominator = step.as_integer_ratio()
    try:
        return np.array([k * numerator / denominator for k in whole])  # rounded once
    except OverflowError:
        return np.array(whole, np.float64) * float(step)


def _finest(low: float, high: float) -> float:
    """Return the distance below which two thresholds may be the same floating-point number."""
    # Twice, because the picture may reach beyond the next power of two.
    return 2 * float(np.spacing(max(abs(low), abs(high), 1e-290)))
