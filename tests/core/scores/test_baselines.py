"""Baselines agree with scikit-learn, and refuse what they cannot take."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from vae_widgets import baseline_scores
from vae_widgets.core.scores import baselines
from vae_widgets.core.scores.baselines import distance_from_mean, nearest_neighbours, pca_residual


def samples(n, shape, seed=0):
    """Return correlated samples that are not centred."""
    rng = np.random.default_rng(seed)
    d = int(np.prod(shape))
    mixing = np.random.default_rng(99).normal(size=(d, d)) * np.linspace(2, 0.2, d)
    return (3 + rng.normal(size=(n, d)) @ mixing.T).reshape(n, *shape).astype(np.float32)


def test_distance_from_the_training_mean():
    train, test = samples(50, (3, 2)), samples(20, (3, 2), seed=1)
    expected = np.sqrt(((test - train.mean(0)) ** 2).sum((1, 2)))
    np.testing.assert_allclose(distance_from_mean(train, test), expected, rtol=1e-5)


@pytest.mark.parametrize(("n", "d"), [(200, 7), (9, 40), (12, 12)])
@pytest.mark.parametrize("n_components", [1, 4, 7])
def test_pca_residual_is_that_of_scikit_learn(n, d, n_components):
    train, test = samples(n, (d,)), samples(30, (d,), seed=1)
    pca = PCA(n_components, svd_solver="full").fit(train.astype(np.float64))
    expected = np.linalg.norm(test - pca.inverse_transform(pca.transform(test)), axis=1)
    np.testing.assert_allclose(
        pca_residual(train, test, n_components), expected, rtol=1e-4, atol=1e-4
    )


@pytest.mark.parametrize("d", [6, 60])
def test_components_without_variance_are_left_out(d):
    """Two directions vary; a third component would be an arbitrary one."""
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.normal(size=(d, 2)))[0]
    train = (rng.normal(size=(20, 2)) * [3, 1] @ basis.T).astype(np.float32)
    test = rng.normal(size=(15, d)).astype(np.float32)
    centred = test - train.mean(0)
    expected = np.linalg.norm(centred - centred @ basis @ basis.T, axis=1)
    np.testing.assert_allclose(pca_residual(train, test, 5), expected, rtol=1e-4)
    same = np.ones((20, d), np.float32)
    np.testing.assert_allclose(
        pca_residual(same, test, 5), np.linalg.norm(test - 1, axis=1), rtol=1e-5
    )


def test_rows_in_many_parts(monkeypatch):
    train, test = samples(50, (5,)), samples(31, (5,), seed=1)
    whole = pca_residual(train, test, 2)
    monkeypatch.setattr(baselines, "_NUMBERS_AT_ONCE", 40)
    np.testing.assert_allclose(pca_residual(train, test, 2), whole, rtol=1e-6)


def test_nearest_neighbours_are_those_of_scikit_learn():
    train, test = samples(60, (4,)), samples(20, (4,), seed=1)
    expected = NearestNeighbors(n_neighbors=3, algorithm="brute").fit(train).kneighbors(test)[0]
    np.testing.assert_allclose(nearest_neighbours(train, test, 3), expected.mean(1), rtol=1e-4)
    assert nearest_neighbours(train, train[:5], 1) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("d", [6, 40])
@pytest.mark.parametrize(("offset", "scale"), [(1.7e9, 10), (0, 1e30), (0, 1e39), (0, 1e-30)])
def test_numbers_of_any_size_keep_their_distances(d, offset, scale):
    train, test = np.random.default_rng(0).normal(size=(2, 60, d))
    found = baseline_scores(offset + scale * train, offset + scale * test, n_components=2)
    expected = baseline_scores(train, test, n_components=2)
    for name in list(expected)[bool(offset) :]:  # the norm depends on the offset
        np.testing.assert_allclose(found[name], scale * expected[name], rtol=1e-6)


def test_all_baselines_by_name():
    train, test = samples(40, (3, 4)), samples(9, (3, 4), seed=1)
    found = baseline_scores(train, test, n_components=2, n_neighbors=4)
    expected = {
        "norm": np.linalg.norm(test.reshape(9, -1), axis=1),
        "distance from the mean": distance_from_mean(train, test),
        "PCA residual": pca_residual(train, test, 2),
        "nearest neighbours": nearest_neighbours(train, test, 4),
    }
    assert list(found) == list(expected)
    for name, scores in found.items():
        assert scores.dtype == np.float64
        np.testing.assert_allclose(scores, expected[name], rtol=1e-5)
    assert "nearest neighbours" not in baseline_scores(train, test, n_neighbors=None)


@pytest.mark.parametrize(
    ("train", "test", "options", "error", "message"),
    [
        (np.ones(5), np.ones(5), {}, ValueError, r"x_train has shape \(5,\); expected \(n, \*s"),
        (np.ones((1, 5)), np.ones((1, 5)), {}, ValueError, "at least two"),
        (np.ones((9, 5)), np.ones((9, 4)), {}, ValueError, r"x_test has shape.*\(n, 5\)"),
        (np.full((9, 5), np.nan), np.ones((9, 5)), {}, ValueError, "x_train has 45 NaN"),
        (np.full((9, 5), 1e200), np.ones((9, 5)), {}, ValueError, "x_train spans .* squared dist"),
        (np.ones((9, 5)), np.ones((9, 5)), {"n_components": 6}, ValueError, "at most 5, for"),
        (np.ones((4, 5)), np.ones((9, 5)), {"n_components": 4}, ValueError, "at most 3, for"),
        (np.ones((4, 5)), np.ones((9, 5)), {"n_components": 0}, ValueError, "at least 1"),
        (
            np.ones((4, 5)),
            np.ones((9, 5)),
            {"n_components": 2, "n_neighbors": 5},
            ValueError,
            "n_neighbors is 5; expected at most 4",
        ),
        (np.ones((4, 5)), np.ones((9, 5)), {"components": 2}, TypeError, "'n_components'"),
    ],
)
def test_bad_arguments(train, test, options, error, message):
    with pytest.raises(error, match=message):
        baseline_scores(train, test, **options)
