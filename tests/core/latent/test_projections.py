import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA, FastICA
from sklearn.manifold import TSNE

from vae_widgets.core.latent.projections import check_projection, latent_axes, principal_axes

Z = (np.random.default_rng(0).normal(size=(200, 5)) * [5, 0.1, 3, 1, 2] + [1, 2, 3, 4, 5]) @ (
    np.linalg.qr(np.random.default_rng(1).normal(size=(5, 5)))[0]
)


def test_principal_axes_are_those_of_scikit_learn():
    pca = PCA().fit(Z)
    axes = principal_axes(Z)
    np.testing.assert_allclose(axes.origin, pca.mean_, atol=1e-12)
    np.testing.assert_allclose(axes.directions, pca.components_, atol=1e-10)
    np.testing.assert_allclose(axes.transform(Z), pca.transform(Z), atol=1e-10)
    coordinates = np.random.default_rng(2).normal(size=(7, 5))
    np.testing.assert_allclose(
        axes.inverse_transform(coordinates), pca.inverse_transform(coordinates), atol=1e-10
    )


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 99))
def test_the_way_back_loses_nothing_also_with_fewer_codes_than_dimensions(n, latent_dim, seed):
    z = np.random.default_rng(seed).normal(size=(n, latent_dim))
    axes = principal_axes(z)
    np.testing.assert_allclose(axes.directions @ axes.directions.T, np.eye(latent_dim), atol=1e-12)
    elsewhere = np.random.default_rng(seed + 1).normal(size=(3, latent_dim))
    np.testing.assert_allclose(
        axes.inverse_transform(axes.transform(elsewhere)), elsewhere, atol=1e-12
    )
    # No direction has more variance than the first: brute force.
    directions = np.random.default_rng(seed).normal(size=(50, latent_dim))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    assert (z @ directions.T).var(axis=0).max() <= axes.transform(z)[:, 0].var() + 1e-12


def test_latent_axes_change_nothing():
    np.testing.assert_array_equal(latent_axes(5).transform(Z), Z)
    np.testing.assert_array_equal(latent_axes(5).inverse_transform(Z), Z)


class Wrong(FastICA):
    def transform(self, X):
        return super().transform(X)[:3]


@pytest.mark.parametrize(
    ("projection", "error", "message"),
    [
        (TSNE(), TypeError, "TSNE lacks transform and inverse_transform; expected 'latent', 'pca'"),
        (KMeans(), TypeError, "KMeans lacks inverse_transform"),
        (PCA(2), ValueError, r"cannot transform the codes of shape \(200, 5\).*Fit it on"),
        (PCA(2).fit(Z[:, :3]), ValueError, "cannot transform"),
        (Wrong(2, random_state=0).fit(Z), ValueError, r"has shape \(3, 2\); expected \(200,"),
    ],
)
def test_what_is_no_projection_of_these_codes_is_refused(projection, error, message):
    with pytest.raises(error, match=message):
        check_projection(projection, Z)
