import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_widgets.core.training.series import Thinned, decimate, smooth

values = st.one_of(st.floats(width=32), st.floats(-5, 5))


@given(st.lists(values, min_size=1, max_size=500), st.integers(8, 60))
def test_decimation_keeps_extremes_gaps_and_ends(y, max_points):
    x, y = np.arange(len(y), dtype=float), np.array(y)
    thin_x, thin_y = decimate(x, y, max_points)
    assert len(thin_x) <= max_points
    assert (np.diff(thin_x) > 0).all()
    np.testing.assert_array_equal(thin_y, y[thin_x.astype(int)])  # a subset of the points
    assert (thin_x[0], thin_x[-1]) == (0, len(y) - 1)
    if len(y) <= max_points:
        assert len(thin_y) == len(y)
        return
    # Brute force over the same stretches.
    size = -(-len(y) // ((max_points - 2) // 3))
    for start in range(0, len(y), size):
        stretch = y[start : start + size]
        kept = thin_y[(thin_x >= start) & (thin_x < start + size)]
        finite = stretch[np.isfinite(stretch)]
        if len(finite):
            assert np.nanmin(finite) == kept[np.isfinite(kept)].min()
            assert np.nanmax(finite) == kept[np.isfinite(kept)].max()
        assert np.isfinite(stretch).all() == np.isfinite(kept).all()


def test_decimation_refuses_too_few_points():
    with pytest.raises(ValueError, match="max_points must be at least 8; received 3"):
        decimate(np.arange(9.0), np.arange(9.0), 3)


@given(st.lists(st.one_of(st.floats(-100, 100), st.just(np.nan)), max_size=200), st.floats(0, 0.99))
def test_smoothing_is_the_weighted_mean_of_what_came_before(y, weight):
    y = np.array(y, float)
    smoothed = smooth(y, weight)
    finite = np.isfinite(y)
    np.testing.assert_array_equal(np.isnan(smoothed), ~finite)
    known = y[finite]
    for k, value in enumerate(smoothed[finite]):
        weights = weight ** np.arange(k, -1, -1.0)
        assert value == pytest.approx(np.average(known[: k + 1], weights=weights), abs=1e-5)


@pytest.mark.parametrize("weight", [-0.1, 1.0, np.nan])
def test_smoothing_refuses_other_weights(weight):
    with pytest.raises(ValueError, match="weight must"):
        smooth(np.arange(3.0), weight)


@given(st.integers(2, 20), st.integers(0, 300))
def test_thinning_keeps_a_spread_and_the_newest(limit, n):
    kept = Thinned(limit)
    for i in range(n):
        kept.append(i)
        assert len(kept) <= limit
        assert kept[-1] == i
        assert kept[0] == 0
    gaps = np.diff(kept[:-1])
    assert len(set(gaps.tolist())) <= 1  # evenly, but for the newest
    if n >= limit:
        assert len(kept) > limit / 2
