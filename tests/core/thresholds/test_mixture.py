import re

import numpy as np
import pytest
from scipy import optimize, stats
from sklearn.mixture import GaussianMixture

from vae_widgets.core.thresholds import mixture_threshold


def mixed(n, share, mean, deviation, seed=0):
    rng = np.random.default_rng(seed)
    upper = rng.random(n) < share
    return np.where(upper, rng.normal(mean, deviation, n), rng.normal(0, 1, n))


@pytest.mark.parametrize(("share", "mean", "deviation"), [(0.1, 6, 1), (0.3, 5, 0.5), (0.1, 8, 3)])
def test_finds_a_known_mixture(share, mean, deviation):
    found = mixture_threshold(mixed(20_000, share, mean, deviation))
    assert found.estimates["upper_weight"] == pytest.approx(share, abs=0.02)
    assert found.estimates["upper_mean"] == pytest.approx(mean, abs=0.15)
    assert found.estimates["upper_deviation"] == pytest.approx(deviation, rel=0.1)

    def log_odds(x):
        upper = np.log(share) + stats.norm(mean, deviation).logpdf(x)
        return upper - np.log(1 - share) - stats.norm(0, 1).logpdf(x)

    assert found.threshold == pytest.approx(optimize.brentq(log_odds, 0.5, mean), abs=0.15)


@pytest.mark.parametrize(
    "scores",
    [
        mixed(3000, 0.1, 6, 1),
        mixed(500, 0.3, 3, 0.3, seed=1),
        np.random.default_rng(0).gamma(1, size=2000),
        np.append(np.random.default_rng(0).normal(size=200), [1e3, 1e6, 1.1e6]),
    ],
)
def test_agrees_with_scikit_learn(scores):
    x = ((scores - scores.mean()) / scores.std())[:, np.newaxis]
    expected = GaussianMixture(
        2,
        tol=1e-5,
        max_iter=500,
        weights_init=[0.95, 0.05],
        means_init=np.quantile(x, [0.5, 0.975])[:, np.newaxis],
        precisions_init=np.full((2, 1, 1), 4.0),
    ).fit(x)
    assert expected.bic(x) < GaussianMixture(1).fit(x).bic(x)
    lower, upper = np.argsort(expected.means_[:, 0])

    found = mixture_threshold(scores).estimates
    for name, i in (("lower", lower), ("upper", upper)):
        assert found[f"{name}_weight"] == pytest.approx(expected.weights_[i], rel=1e-6)
        mean = expected.means_[i, 0] * scores.std() + scores.mean()
        assert found[f"{name}_mean"] == pytest.approx(mean, rel=1e-6, abs=1e-9 * scores.std())
        deviation = np.sqrt(expected.covariances_[i, 0, 0]) * scores.std()
        assert found[f"{name}_deviation"] == pytest.approx(deviation, rel=1e-6)


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.99])
def test_the_threshold_has_the_probability_asked_for(probability):
    found = mixture_threshold(mixed(2000, 0.2, 5, 2), probability)
    e, x = found.estimates, found.threshold
    of = {
        name: e[f"{name}_weight"] * stats.norm(e[f"{name}_mean"], e[f"{name}_deviation"]).pdf(x)
        for name in ("lower", "upper")
    }
    assert of["upper"] / (of["upper"] + of["lower"]) == pytest.approx(probability)


def test_a_single_distribution_is_an_error():
    with pytest.raises(ValueError, match="no better than a single one"):
        mixture_threshold(np.random.default_rng(0).normal(size=500))


def test_shift_and_scale_do_not_matter():
    scores = mixed(1000, 0.1, 6, 1)
    moved = mixture_threshold(1e9 + 1e-3 * scores).threshold
    assert (moved - 1e9) / 1e-3 == pytest.approx(mixture_threshold(scores).threshold, rel=1e-2)


@pytest.mark.parametrize("scores", [[1.0, 2.0], [4.0] * 50])
def test_what_cannot_be_two_distributions_is_an_error(scores):
    with pytest.raises(ValueError, match="a mixture of two distributions needs at least 10 that"):
        mixture_threshold(scores)


def test_two_values_are_two_distributions():
    assert 1 < mixture_threshold([1.0] * 30 + [5.0] * 10).threshold <= 5


def test_a_narrow_upper_distribution_is_left_behind_by_the_lower_one():
    rng = np.random.default_rng(0)
    scores = np.append(rng.normal(0, 5, 1000), rng.normal(3, 0.1, 200))
    chosen = mixture_threshold(scores)
    found = chosen.estimates

    def density(name, at):
        scale = found[f"{name}_deviation"]
        return found[f"{name}_weight"] * stats.norm.pdf(at, found[f"{name}_mean"], scale)

    end = float(
        re.search(r"50 % likely from here to ([\d.]+); what is above", chosen.explanation)[1]
    )
    for crossing in (chosen.threshold, end):
        assert density("upper", crossing) == pytest.approx(density("lower", crossing), rel=0.05)
    assert "from here." in mixture_threshold(np.append(scores[:1000], scores[:50] + 40)).explanation
