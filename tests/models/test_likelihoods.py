import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import log_loss

from vae_widgets.models.likelihoods import (
    LIKELIHOODS,
    Bernoulli,
    Gaussian,
    kl_divergence,
    make_likelihood,
)

RNG = np.random.default_rng(0)


def draw(shape, scale=1.0):
    return (scale * RNG.standard_normal(shape)).astype(np.float32)


@pytest.mark.parametrize("shape", [(7,), (4, 3), (4, 3, 2)])
def test_bernoulli_is_scipys_log_mass_for_black_and_white(shape):
    x = RNG.integers(0, 2, (5, *shape)).astype(np.float32)
    logits = draw((5, *shape), 3)
    expected = -scipy.stats.bernoulli.logpmf(x, scipy.special.expit(logits)).reshape(5, -1).sum(1)
    got = Bernoulli().negative_log_likelihood(x, logits)
    np.testing.assert_allclose(got, expected, rtol=1e-5)


def test_bernoulli_is_sklearns_cross_entropy():
    x = RNG.integers(0, 2, (1, 50)).astype(np.float32)
    logits = draw((1, 50))
    expected = log_loss(x[0], scipy.special.expit(logits[0].astype(np.float64)), normalize=False)
    got = Bernoulli().negative_log_likelihood(x, logits)
    np.testing.assert_allclose(got, [expected], rtol=1e-5)


def test_bernoulli_of_grey_values_is_the_cross_entropy():
    x, logits = RNG.random((3, 9)).astype(np.float32), draw((3, 9))
    p = scipy.special.expit(logits.astype(np.float64))
    expected = -(scipy.special.xlogy(x, p) + scipy.special.xlog1py(1 - x, -p)).sum(1)
    np.testing.assert_allclose(Bernoulli().negative_log_likelihood(x, logits), expected, rtol=1e-5)


def test_bernoulli_from_probabilities_agrees_with_logits():
    x, logits = RNG.random((3, 9)).astype(np.float32), draw((3, 9))
    probabilities = scipy.special.expit(logits)
    np.testing.assert_allclose(
        Bernoulli(from_logits=False).negative_log_likelihood(x, probabilities),
        Bernoulli().negative_log_likelihood(x, logits),
        rtol=1e-4,
    )
    np.testing.assert_allclose(Bernoulli().mean(logits), probabilities, rtol=1e-5)
    np.testing.assert_array_equal(Bernoulli(from_logits=False).mean(probabilities), probabilities)


def test_bernoulli_stays_finite_for_huge_logits():
    got = Bernoulli().negative_log_likelihood(np.float32([[0, 1]]), np.float32([[200, -200]]))
    np.testing.assert_allclose(got, [400], rtol=1e-6)


@pytest.mark.parametrize("shape", [(7,), (4, 3, 2)])
def test_gaussian_is_scipys_log_density_with_its_constant(shape):
    x, mean = draw((5, *shape)), draw((5, *shape))
    expected = -scipy.stats.norm.logpdf(x, loc=mean).reshape(5, -1).sum(1)
    np.testing.assert_allclose(Gaussian().negative_log_likelihood(x, mean), expected, rtol=1e-5)
    np.testing.assert_array_equal(Gaussian().mean(mean), mean)


@settings(max_examples=30)
@given(st.floats(-4, 4), st.floats(-4, 4))
def test_kl_is_the_integral(mean, log_var):
    """KL by quadrature of q log(q / p), the definition."""
    deviation = np.exp(log_var / 2)
    q, p = scipy.stats.norm(mean, deviation), scipy.stats.norm()
    z = mean + deviation * np.linspace(-10, 10, 20_001)
    expected = np.trapezoid(q.pdf(z) * (q.logpdf(z) - p.logpdf(z)), z)
    got = float(kl_divergence(np.float32([[mean]]), np.float32([[log_var]]))[0, 0])
    assert got == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_kl_is_the_monte_carlo_mean():
    mean, log_var = np.float32([[0.7, -1.2]]), np.float32([[0.4, -0.9]])
    deviation = np.exp(log_var / 2)
    z = mean + deviation * RNG.standard_normal((400_000, 2))
    ratio = scipy.stats.norm.logpdf(z, mean, deviation) - scipy.stats.norm.logpdf(z)
    error = ratio.std(0) / np.sqrt(len(z))
    got = np.asarray(kl_divergence(mean, log_var))[0]
    assert (abs(got - ratio.mean(0)) < 5 * error).all()


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_made_by_name(name):
    likelihood = make_likelihood(name, n_classes=3 if name == "categorical" else None)
    assert likelihood.name == name
    assert type(likelihood) is LIKELIHOODS[name]
    assert make_likelihood(likelihood) is likelihood


def test_unknown_name_gets_the_nearest():
    with pytest.raises(ValueError, match="did you mean 'bernoulli'"):
        make_likelihood("bernouli")


def test_from_logits_is_for_bernoulli():
    with pytest.raises(ValueError, match="from_logits=False is for the bernoulli"):
        make_likelihood("gaussian", from_logits=False)
