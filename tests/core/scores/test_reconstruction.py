"""Terms of a negative ELBO against SciPy's distributions."""

import numpy as np
import pytest
import scipy.stats

from vae_widgets.core.scores.reconstruction import (
    kl_from_prior,
    negative_log_likelihood,
    squared_error,
)

RNG = np.random.default_rng(0)
X, X_HAT = RNG.random((2, 6, 3, 2))


def test_the_squared_error_is_a_sum_over_elements():
    expected = [sum((a - b) ** 2 for a, b in zip(*pair, strict=True)) for pair in
                zip(X.reshape(6, -1), X_HAT.reshape(6, -1), strict=True)]  # fmt: skip
    np.testing.assert_allclose(squared_error(X, X_HAT), expected, rtol=1e-12)


def test_the_gaussian_is_scipys():
    expected = -scipy.stats.norm.logpdf(X, X_HAT).reshape(6, -1).sum(axis=1)
    np.testing.assert_allclose(negative_log_likelihood("gaussian", X, X_HAT), expected, rtol=1e-12)


def test_the_bernoulli_is_scipys_for_black_and_white():
    ink = X > 0.5
    expected = -scipy.stats.bernoulli.logpmf(ink, X_HAT).reshape(6, -1).sum(axis=1)
    found = negative_log_likelihood("bernoulli", ink, X_HAT)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_the_bernoulli_stays_finite_at_certain_pixels():
    found = negative_log_likelihood("bernoulli", [[0.0, 1.0]], [[1.0, 0.0]])
    assert found == pytest.approx(-2 * np.log(1e-7))


def test_the_kl_is_the_integral_over_the_posterior():
    mean, log_var = RNG.standard_normal((2, 4, 2))
    at, width = np.linspace(-30, 30, 100_001, retstep=True)

    def one(mean, log_var):
        q = scipy.stats.norm(mean, np.exp(log_var / 2))
        return np.sum(q.pdf(at) * (q.logpdf(at) - scipy.stats.norm.logpdf(at))) * width

    expected = [sum(map(one, *row)) for row in zip(mean, log_var, strict=True)]
    np.testing.assert_allclose(kl_from_prior(mean, log_var), expected, rtol=1e-6)
