import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vae_widgets.core.thresholds import iqr_threshold, mad_threshold, z_score_threshold
from vae_widgets.core.thresholds.spread import NORMAL_MAD

METHODS = [iqr_threshold, mad_threshold, z_score_threshold]
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


@pytest.mark.parametrize("method", METHODS)
@given(st.floats(-1e6, 1e6), st.integers(1, 20), FACTOR)
def test_constant_scores_are_never_flagged(method, value, n, factor):
    chosen = method([value] * n, factor)
    assert chosen.threshold > value
    assert "none is flagged" in chosen.explanation


@pytest.mark.parametrize(
    ("method", "scores"),
    [
        (iqr_threshold, [0.0, 1.0, 2.0, 3.0, 5.0]),  # 3 + 1 * 2
        (iqr_threshold, [0.3, 1.2, 0.4, 1.4, 0.2, 0.1, 0.3, 0.2]),  # 0.8 + 0.6, but for rounding
        (mad_threshold, [-1.0, -1.0, 0.0, 1.0, NORMAL_MAD]),  # 0 + 1 * 1
        (z_score_threshold, [0.0, 0.0, 2.0, 2.0]),  # 1 + 1 * 1
    ],
)
def test_a_score_on_the_fence_is_flagged(method, scores):
    assert method(scores, 1.0).threshold == max(scores)


@pytest.mark.parametrize("method", [iqr_threshold, mad_threshold])
def test_where_ties_leave_no_spread_they_are_not_flagged(method):
    scores = [1.0] * 8 + [2.0, 9.0]
    assert [s >= method(scores).threshold for s in scores] == [False] * 8 + [True] * 2


@pytest.mark.parametrize("method", METHODS)
def test_two_samples_are_not_enough_to_flag_one(method):
    assert method([1.0, 2.0]).threshold > 2


def test_ties_that_leave_no_spread_are_told_of():
    chosen = mad_threshold([1.0] * 8 + [2.0, 9.0])
    assert 1 < chosen.threshold < 1.0001
    assert "Ties make the median absolute deviation 0" in chosen.explanation
