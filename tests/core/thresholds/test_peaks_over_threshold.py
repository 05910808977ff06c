import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vae_widgets.core.thresholds import peaks_over_threshold
from vae_widgets.core.thresholds.peaks_over_threshold import (
    _deviation_of_log_rate,
    fit_generalized_pareto,
)


@pytest.mark.parametrize("shape", [-0.4, -0.2, 0.0, 0.25, 0.5, 1.0])
def test_recovers_shape_and_scale(shape):
    excesses = np.sort(stats.genpareto(shape, scale=3).rvs(20_000, random_state=0))
    found = fit_generalized_pareto(excesses)
    assert found == pytest.approx((shape, 3), rel=0.05, abs=0.03)
    # Where likelihood has a maximum, it is close to it.
    c, _, scale = stats.genpareto.fit(excesses, floc=0)
    assert found == pytest.approx((c, scale), abs=0.02)


@pytest.mark.parametrize(
    "scores",
    [stats.expon(), stats.norm(), stats.t(4), stats.beta(2, 4), stats.gamma(2)],
    ids=["exponential", "normal", "t", "beta", "gamma"],
)
def test_finds_a_quantile_beyond_the_sample(scores):
    # 40 samples of 1,000 each; the quantile is exceeded by 1 in 2,000.
    found = [
        peaks_over_threshold(scores.rvs(1000, random_state=seed), rate=0.0005).threshold
        for seed in range(40)
    ]
    rates = scores.sf(found)
    assert np.median(rates) == pytest.approx(0.0005, rel=0.6)
    assert np.mean(found) == pytest.approx(scores.isf(0.0005), rel=0.12)


def test_inside_the_tail_it_is_close_to_the_quantile():
    scores = np.random.default_rng(0).exponential(size=50_000)
    found = peaks_over_threshold(scores, rate=0.01).threshold
    assert found == pytest.approx(np.quantile(scores, 0.99), rel=0.02)


@given(st.lists(st.floats(1e-300, 1e300), min_size=10, max_size=60))
def test_the_fit_is_defined_for_any_excesses(excesses):
    shape, scale = fit_generalized_pareto(np.sort(excesses))
    assert np.isfinite(shape)
    assert 0 < scale < np.inf


@pytest.mark.parametrize("scores", [[1.0, 2.0], [3.0] * 500, np.arange(90.0)])
def test_too_little_tail_is_an_error(scores):
    with pytest.raises(ValueError, match="a tail needs at least 10"):
        peaks_over_threshold(scores)


def test_a_rate_above_the_tail_is_an_error():
    with pytest.raises(ValueError, match=r"rate must be at most 0.1, .*; received 0.2"):
        peaks_over_threshold(np.arange(1000.0), rate=0.2)


@pytest.mark.parametrize(
    "scores",
    [stats.expon(), stats.norm(), stats.t(4), stats.uniform()],
    ids=["exponential", "normal", "t", "uniform"],
)
@pytest.mark.parametrize("rate", [0.01, 0.0001])
def test_the_rate_is_an_estimate_and_its_upper_limit_holds(scores, rate):
    found = [
        peaks_over_threshold(scores.rvs(1000, random_state=seed), rate=rate) for seed in range(100)
    ]
    realised = scores.sf([of.threshold for of in found])
    limits = [of.estimates["rate_95"] for of in found]
    # 0.95 in the long run; 0.88 is three standard errors below.
    assert np.mean(realised <= limits) >= 0.88
    assert np.mean(realised > rate) > 0.1  # no bound
    assert rate <= min(limits) <= max(limits) <= 0.1
    assert f"at most {100 * limits[0]:.2g} %" in found[0].explanation


def test_the_deviation_of_the_rate_is_that_of_many_fits():
    # The exponential distribution, whose rate beyond a fixed score varies from fit to fit.
    n, score = 400, 3.0
    rates = []
    for seed in range(300):
        excesses = np.sort(stats.expon().rvs(n, random_state=seed))
        shape, scale = fit_generalized_pareto(excesses)
        rates.append(stats.genpareto(shape, scale=scale).logsf(score))
    assert _deviation_of_log_rate(0.0, score, n, 1.0) == pytest.approx(np.std(rates), rel=0.12)
    for shape in (1e-5, 1e-3):  # both ways to compute it
        near = _deviation_of_log_rate(shape, score, n, 1.0)
        assert near == pytest.approx(_deviation_of_log_rate(0.0, score, n, 1.0), rel=0.01)
