"""Against the formulae of pythresh 1.1, which work on scores scaled to [0, 1].

Reproduced here, because the library itself brings pyod and numba.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vae_widgets.core.thresholds import (
    gesd_threshold,
    iqr_threshold,
    pythresh_gesd_threshold,
    pythresh_mad_threshold,
    z_score_threshold,
)


def iqr(scaled):
    first, third = np.percentile(scaled, [25, 75], method="midpoint")
    return scaled >= third + 1.5 * abs(third - first)


def z_score(scaled, factor=1.0):
    return stats.zscore(scaled) >= factor


def mad(scaled, factor=1.0):
    deviation = stats.median_abs_deviation(scaled, scale=np.std(scaled))
    return scaled >= np.mean(scaled) + factor * deviation


def gesd(scaled, alpha=0.05, max_outliers=None):
    rest, limit = scaled.copy(), 1.0 + np.finfo(float).eps
    for _ in range(max_outliers or len(scaled) // 2):
        n, away = len(rest), np.abs(rest - rest.mean())
        t = stats.t.ppf(1 - alpha / (2 * n), n - 2)
        critical = (n - 1) * t / (np.sqrt(n) * np.sqrt(n - 2 + t**2))
        furthest = np.argmax(away)
        if away[furthest] > critical * rest.std() and rest[furthest] < limit:
            limit = rest[furthest]
        rest = np.delete(rest, furthest)
    return scaled >= limit


def scale(scores):
    return (scores - scores.min()) / np.ptp(scores)


SEED, SIZE = st.integers(0, 2**32 - 1), st.integers(3, 300)
FACTOR = st.sampled_from([0.1, 0.5, 1.0, 2.0])


@given(SEED, SIZE, FACTOR)
def test_flags_of_fences(seed, n, factor):
    scores = np.random.default_rng(seed).gamma(2, size=n)
    for ours, theirs in [
        (iqr_threshold(scores), iqr(scale(scores))),
        (z_score_threshold(scores, factor), z_score(scale(scores), factor)),
        (pythresh_mad_threshold(scores, factor), mad(scale(scores), factor)),
    ]:
        np.testing.assert_array_equal(scores >= ours.threshold, theirs)


@given(SEED, SIZE, st.sampled_from([0.01, 0.05, 0.3]), st.integers(0, 5), st.integers(0, 5))
def test_flags_of_gesd(seed, n, alpha, n_low, n_high):
    rng = np.random.default_rng(seed)
    scores = np.concatenate(
        [rng.normal(size=n), -rng.uniform(3, 9, n_low), rng.uniform(3, 9, n_high)]
    )
    rng.shuffle(scores)
    for most in (None, 1 + len(scores) // 4):
        np.testing.assert_array_equal(
            scores >= pythresh_gesd_threshold(scores, alpha, most).threshold,
            gesd(scale(scores), alpha, most),
        )


def test_a_low_outlier_makes_alarms_of_all_scores_above():
    scores = np.append(np.random.default_rng(0).normal(size=60), [-30.0, 50.0])
    chosen = pythresh_gesd_threshold(scores)
    assert chosen.threshold == -30
    assert "2 outliers among 62 scores" in chosen.explanation
    assert "the lowest is a low one, and all above it is flagged" in chosen.explanation
    assert gesd_threshold(scores).threshold == 50


def test_the_lowest_outlier_is_the_threshold():
    scores = np.append(np.random.default_rng(0).normal(size=60), [50.0, 30.0])
    chosen = pythresh_gesd_threshold(scores, max_outliers=31)
    assert chosen.threshold == 30
    assert chosen.estimates["n_outliers"] == 2
    assert "pythresh: all from the lowest on is flagged." in chosen.explanation


@pytest.mark.parametrize("choose", [pythresh_gesd_threshold, pythresh_mad_threshold])
@pytest.mark.parametrize("scores", [[2.0], [3.0] * 40, [0.1] * 3])
def test_constant_scores_are_not_flagged(choose, scores):
    assert choose(scores).threshold > max(scores)


def test_two_samples_are_not_enough_to_flag_one():
    assert pythresh_gesd_threshold([1.0, 9.0]).threshold > 9
    assert pythresh_mad_threshold([1.0, 2.0]).threshold > 2


def test_with_ties_that_leave_no_spread_all_from_the_mean_on_is_flagged():
    scores = np.array([0.0, 1.0, 1.0, 1.0, 2.0])
    chosen = pythresh_mad_threshold(scores)
    np.testing.assert_array_equal(scores >= chosen.threshold, mad(scale(scores)))
    assert chosen.threshold == 1
    assert "all from the mean on is flagged" in chosen.explanation


def test_a_score_on_the_fence_is_flagged_as_there():
    scores = np.array([1.0, 2.0, 3.0, 4.0, 7.0])  # quartiles 2 and 4: the fence is 7
    flags = [False] * 4 + [True]
    assert (scores >= iqr_threshold(scores).threshold).tolist() == flags
    assert iqr(scale(scores)).tolist() == flags
    scores = np.array([0.0, 0.0, 2.0, 2.0])  # mean and deviation 1: the fence is 2
    flags = [False] * 2 + [True] * 2
    assert (scores >= z_score_threshold(scores, 1.0).threshold).tolist() == flags
    assert z_score(scale(scores)).tolist() == flags


def test_more_outliers_than_half_are_an_error():
    with pytest.raises(ValueError, match="at most 5, half of the 10 scores; received 6"):
        pythresh_gesd_threshold(np.arange(10.0), max_outliers=6)
