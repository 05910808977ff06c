import numpy as np
import pytest
from scipy import integrate, stats

from vae_widgets.core.latent.statistics import active_units, kl_per_dimension, moments


@pytest.mark.parametrize(("mean", "log_var"), [(0.0, 0.0), (1.5, -2.0), (-0.3, 0.7)])
def test_kl_is_the_integral_that_defines_it(mean, log_var):
    q, p = stats.norm(mean, np.exp(log_var / 2)), stats.norm()
    expected, _ = integrate.quad(lambda z: q.pdf(z) * (q.logpdf(z) - p.logpdf(z)), -15, 15)
    kl = kl_per_dimension([[mean, 0.0], [mean, 0.0]], [[log_var, 0.0], [log_var, 0.0]])
    np.testing.assert_allclose(kl, [expected, 0], atol=1e-7)


def test_a_unit_is_active_if_its_mean_varies():
    z_mean = np.array([[0.0, 0.0, 5.0], [0.19, 0.21, 5.0]])  # variances 0.0090, 0.0110, 0
    assert active_units(z_mean).tolist() == [False, True, False]


def test_moments_of_blocks_are_those_of_the_whole():
    """Far from zero, where the square of the mean would swallow the variance."""
    x = 1e4 + np.random.default_rng(0).normal(size=(500, 3)) * [0.1, 1, 10]
    for size in (1, 7, 500):
        mean, variance = moments(x[i : i + size] for i in range(0, 500, size))
        np.testing.assert_allclose(mean, x.mean(0), rtol=1e-12)
        np.testing.assert_allclose(variance, x.var(0), rtol=1e-9)
