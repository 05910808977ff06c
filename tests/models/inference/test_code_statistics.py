import numpy as np
from scipy.spatial.distance import mahalanobis

from vae_widgets.models.inference.code_statistics import CodeStatistics


def test_moments_are_those_of_draws_from_the_mixture():
    rng = np.random.default_rng(0)
    z_mean, z_log_var = rng.normal(1, 2, (50, 2)), rng.normal(-1, 0.5, (50, 2))
    noise = rng.standard_normal((20_000, 50, 2))
    draws = (z_mean + np.exp(z_log_var / 2) * noise).reshape(-1, 2)
    statistics = CodeStatistics.of(z_mean, z_log_var)
    np.testing.assert_allclose(statistics.mean, draws.mean(0), atol=0.02)
    np.testing.assert_allclose(statistics.covariance, np.cov(draws.T), rtol=0.01, atol=0.01)


def test_distance_is_scipys():
    rng = np.random.default_rng(0)
    statistics = CodeStatistics.of(rng.normal(size=(50, 3)), rng.normal(size=(50, 3)))
    z = rng.normal(size=(6, 3))
    inverse = np.linalg.inv(statistics.covariance)
    expected = [mahalanobis(row, statistics.mean, inverse) for row in z]
    np.testing.assert_allclose(statistics.mahalanobis(z), expected)


def test_prior_gives_the_norm():
    z = np.array([[3.0, 4.0]])
    np.testing.assert_allclose(CodeStatistics.prior(2).mahalanobis(z), [5])


def test_a_collapsed_dimension_does_no_harm():
    z_mean = np.column_stack([np.random.default_rng(0).normal(size=99), np.zeros(99)])
    statistics = CodeStatistics.of(z_mean, np.zeros_like(z_mean))
    assert np.isfinite(statistics.mahalanobis(z_mean)).all()
