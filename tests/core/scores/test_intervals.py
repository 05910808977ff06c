import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from vae_widgets.core.scores.intervals import kolmogorov_p_value, wilson_interval


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_matches_scipy(counts):
    expected = stats.binomtest(*counts).proportion_ci(0.95, "wilson")
    assert wilson_interval(*counts) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_of_nothing_nothing_is_known():
    assert wilson_interval(0, 0) == (0, 1)


@pytest.mark.parametrize("x", [0.1, 0.3, 0.8, 1.36, 2.5])
def test_kolmogorov_matches_scipy(x):
    n = 1e8
    assert kolmogorov_p_value(x / n**0.5, n) == pytest.approx(special.kolmogorov(x), rel=1e-3)


@pytest.mark.parametrize("n", [20, 100])
def test_the_correction_fits_few_samples(n):
    distance = stats.kstwo(n).isf(0.05)
    assert kolmogorov_p_value(distance, n) == pytest.approx(0.05, rel=0.03)
