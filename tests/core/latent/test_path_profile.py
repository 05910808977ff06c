import numpy as np
import pytest
from scipy import stats

from vae_widgets.core.latent.path_profile import (
    changed_share,
    log_prior,
    step_size,
    usual_log_prior,
)


@pytest.mark.parametrize("dim", [1, 2, 16])
def test_the_log_prior_is_scipys(dim):
    z = np.random.default_rng(dim).normal(size=(20, dim)).astype(np.float32)
    expected = stats.multivariate_normal(np.zeros(dim)).logpdf(z)
    np.testing.assert_allclose(log_prior(z), expected, rtol=1e-6)


@pytest.mark.parametrize("dim", [1, 2, 3, 8, 40, 200])
def test_the_usual_log_priors_are_quantiles_of_chi_squared(dim):
    squares = stats.chi2(dim).ppf([0.975, 0.025])
    expected = -0.5 * (squares + dim * np.log(2 * np.pi))
    np.testing.assert_allclose(usual_log_prior(dim), expected, atol=0.1)


def test_95_percent_of_draws_are_usual():
    density = log_prior(np.random.default_rng(0).normal(size=(100_000, 10)))
    low, high = usual_log_prior(10)
    assert np.mean((low < density) & (density < high)) == pytest.approx(0.95, abs=0.005)


def test_steps_are_root_mean_square_differences():
    frames = np.zeros((4, 2, 2), np.float32)
    frames[1, 0, 0] = 1  # one of four values by 1
    frames[2:] = 3
    np.testing.assert_allclose(step_size(frames), [0.5, np.sqrt((4 + 3 * 9) / 4), 0])


def test_of_tokens_the_share_that_changes_counts_and_not_their_numbers():
    frames = np.array([[[0, 1], [2, 3]], [[0, 9], [2, 3]], [[7, 9], [2, 4]], [[7, 9], [2, 4]]])
    np.testing.assert_array_equal(changed_share(frames), [1 / 4, 2 / 4, 0])
