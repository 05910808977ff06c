import numpy as np
import pytest
from sklearn.decomposition import PCA, FastICA

from vae_widgets.core.latent.space import LatentSpace
from vae_widgets.core.latent.statistics import kl_per_dimension

RANDOM = np.random.default_rng(0)
# The middle dimension has collapsed to the prior; the last says most.
Z = (RANDOM.normal(size=(50, 3)) * [0.5, 0.001, 2]).astype(np.float32)
LOG_VAR = np.tile(np.log([0.5, 1, 0.01]), (50, 1)).astype(np.float32)


def test_latent_dimensions_are_listed_by_their_kl_with_the_collapsed_ones_marked():
    axes = LatentSpace(Z, LOG_VAR).axes()
    kl = kl_per_dimension(Z, LOG_VAR)
    assert [axis["name"] for axis in axes] == ["z[2]", "z[0]", "z[1]"]
    assert [axis["note"] for axis in axes] == [f"{kl[i]:.2f} nats" for i in (2, 0, 1)]
    assert [axis["collapsed"] for axis in axes] == [False, False, True]


def test_a_slider_reaches_the_codes_and_three_deviations_of_the_prior():
    by_index = {axis["index"]: axis for axis in LatentSpace(Z, LOG_VAR).axes()}
    assert (by_index[1]["low"], by_index[1]["high"]) == (-3, 3)
    assert by_index[2]["high"] == max(3, Z[:, 2].max())
    axis = next(axis for axis in LatentSpace(Z).axes() if axis["index"] == 1)
    assert (axis["low"], axis["high"]) == (Z[:, 1].min(), Z[:, 1].max())


def test_without_variances_the_order_is_that_of_variance_and_nothing_is_called_collapsed():
    axes = LatentSpace(Z).axes()
    variance = [np.var(Z[:, axis["index"]]) for axis in axes]
    assert variance == sorted(variance, reverse=True)
    assert not any(axis["collapsed"] or axis["note"] for axis in axes)


def test_the_most_active_dimensions_have_the_largest_kl_or_else_variance():
    z = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32) * [1, 3, 0.1, 2]
    assert LatentSpace(z).most_active("latent") == (1, 3)
    certain = np.log(np.float32([1, 1, 1e-9, 0.5]))  # little variance, and a lot of information
    space = LatentSpace(z, np.tile(certain, (50, 1)))
    kl = 0.5 * (z**2 + np.exp(certain) - certain - 1).mean(axis=0)
    assert space.most_active("latent") == tuple(sorted(np.argsort(kl)[2:])) == (1, 2)
    assert space.most_active("pca") == (0, 1)
    assert space.most_active(space.add(PCA(3).fit(z))) == (0, 1)
    assert LatentSpace(z[:, :1]).most_active("latent") == (0,)


def test_principal_axes_show_their_share_of_the_variance():
    space = LatentSpace(Z, LOG_VAR)
    space.use("pca")
    axes = space.axes()
    assert [axis["name"] for axis in axes] == ["PC[0]", "PC[1]", "PC[2]"]
    variance = np.sort(np.linalg.eigvalsh(np.cov(Z.T)))[::-1]
    assert axes[0]["note"] == f"{variance[0] / variance.sum():.0%}"
    np.testing.assert_allclose(space.center, 0, atol=1e-6)


@pytest.mark.parametrize("name", ["latent", "pca"])
def test_prior_and_posterior_are_those_of_projected_draws(name):
    space = LatentSpace(Z + 1, LOG_VAR)
    space.use(name)
    draws = np.random.default_rng(1).normal(size=(200_000, 3))
    prior = space.project(draws)[:, [2, 0]]
    np.testing.assert_allclose(prior.mean(axis=0), space.prior_center((2, 0)), atol=0.01)
    np.testing.assert_allclose(np.cov(prior.T), np.eye(2), atol=0.01)
    posterior = space.project(Z[4] + np.exp(LOG_VAR[4] / 2) * draws)[:, [2, 0]]
    np.testing.assert_allclose(
        np.cov(posterior.T).ravel(), space.posterior_covariance(4, (2, 0)), atol=0.01
    )


def test_no_prior_without_variances_or_through_a_transformer():
    assert LatentSpace(Z).prior_center((0, 1)) == []
    assert LatentSpace(Z).posterior_covariance(0, (0, 1)) == []
    space = LatentSpace(Z, LOG_VAR)
    space.use(space.add(FastICA(2, random_state=0).fit(Z)))
    assert space.prior_center((0, 1)) == []


def test_transformers_are_kept_under_their_own_names():
    space = LatentSpace(Z)
    first, second = (FastICA(2, random_state=seed).fit(Z) for seed in (0, 1))
    assert [space.add(one) for one in (first, second, first)] == ["FastICA", "FastICA 2", "FastICA"]
    space.use("FastICA 2")
    assert space.n_coordinates == 2
    np.testing.assert_allclose(space.project(Z[:4]), second.transform(Z[:4]), rtol=1e-5)
    np.testing.assert_allclose(
        space.inverse_project([[0.5, 1]]), second.inverse_transform([[0.5, 1]]), rtol=1e-5
    )
    assert [axis["name"] for axis in space.axes()] == ["FastICA 2[0]", "FastICA 2[1]"]


def test_a_failed_addition_leaves_no_trace():
    space = LatentSpace(Z)
    with pytest.raises(ValueError, match="Fit it"):
        space.add(FastICA())
    assert list(space.projections) == ["latent", "pca"]
