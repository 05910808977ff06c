import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vae_widgets.core.thresholds import (
    iqr_threshold,
    mad_threshold,
    pythresh_mad_threshold,
    z_score_threshold,
)

METHODS = [iqr_threshold, mad_threshold, pythresh_mad_threshold, z_score_threshold]
SCORES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50)
FACTOR = st.sampled_from([0.0, 1.0, 1.5, 3.5])


def fence(middle, spread, factor):
    return pytest.approx(middle + factor * spread, rel=1e-12, abs=1e-9)


@given(SCORES, FACTOR)
def test_fences_match_scipy(scores, factor):
    method = "linear" if len(scores) == 2 else "midpoint"
    quartile = np.percentile(scores, 75, method=method)
    spread = stats.iqr(scores, interpolation=method)
    assert iqr_threshold(scores, factor).threshold == fence(quartile, spread, factor)
    deviation = stats.median_abs_deviation(scores, scale="normal")
    assert mad_threshold(scores, factor).threshold == fence(np.median(scores), deviation, factor)
    mean, spread = np.mean(scores), np.std(scores)
    assert z_score_threshold(scores, factor).threshold == fence(mean, spread, factor)


@given(st.integers(0, 2**32 - 1), st.integers(50, 500), st.sampled_from([0.1, 0.5, 1.0, 2.0]))
def test_flags_match_the_formulae_of_pythresh(seed, n, factor):
    # pythresh 1.1, reproduced (it brings pyod and numba): scores scaled to [0, 1]; IQR with
    # midpoint quartiles; ZSCORE flags z >= 1; MAD divides by the standard deviation.
    scores = np.random.default_rng(seed).gamma(2, size=n)
    scaled = (scores - scores.min()) / np.ptp(scores)
    first, third = np.percentile(scaled, [25, 75], method="midpoint")
    np.testing.assert_array_equal(
        scores >= iqr_threshold(scores).threshold, scaled >= third + 1.5 * abs(third - first)
    )
    np.testing.assert_array_equal(
        scores >= z_score_threshold(scores, 1.0).threshold, stats.zscore(scaled) >= 1
    )
    mad = stats.median_abs_deviation(scaled, scale=np.std(scaled))
    np.testing.assert_array_equal(
        scores >= pythresh_mad_threshold(scores, factor).threshold,
        scaled >= np.mean(scaled) + factor * mad,
    )


@pytest.mark.parametrize("method", METHODS)
@given(st.floats(-1e6, 1e6), st.integers(1, 20), FACTOR)
def test_constant_scores_are_never_flagged(method, value, n, factor):
    chosen = method([value] * n, factor)
    assert chosen.threshold > value
    assert "none is flagged" in chosen.explanation


def test_a_score_on_the_fence_is_not_flagged():
    scores = [0.0, 1.0, 2.0, 3.0, 4.0, 6.0]
    fence = np.percentile(scores, 75) + np.subtract(*np.percentile(scores, [75, 25]))
    assert fence == 6.25
    assert iqr_threshold([0.0, 1.0, 2.0, 3.0, 5.0], 1.0).threshold > 5  # 3 + 1 * 2


@pytest.mark.parametrize("method", METHODS)
def test_two_samples_are_not_enough_to_flag_one(method):
    assert method([1.0, 2.0]).threshold > 2


def test_ties_that_leave_no_spread_are_told_of():
    chosen = mad_threshold([1.0] * 8 + [2.0, 9.0])
    assert 1 < chosen.threshold < 1.0001
    assert "Ties make the median absolute deviation 0" in chosen.explanation


def test_a_score_on_the_fence_of_pythresh_is_flagged():
    scores = [0.0, 1.0, 1.0, 1.0, 2.0]  # the MAD is 0, the mean 1
    chosen = pythresh_mad_threshold(scores)
    assert chosen.threshold == 1
    assert "all from the mean on is flagged" in chosen.explanation
