import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from vae_widgets.core.latent import far_from_data
from vae_widgets.core.latent.far_from_data import FarFromData

RANDOM = np.random.default_rng(0)
Z = RANDOM.normal(size=(400, 3))
LOG_VAR = np.log(RANDOM.uniform(0.01, 1, size=(400, 3)))


@pytest.mark.parametrize("log_var", [None, LOG_VAR])
@pytest.mark.parametrize("block", [1, 1000, 10**9])
def test_distances_and_the_limit_are_those_of_scikit_learn(log_var, block, monkeypatch):
    monkeypatch.setattr(far_from_data, "BLOCK", block)
    scale = 1 if log_var is None else np.sqrt(np.exp(log_var).mean(axis=0))
    neighbours = NearestNeighbors(n_neighbors=2).fit(Z / scale)
    far = FarFromData(Z, log_var)
    points = RANDOM.normal(size=(50, 3)) * 3
    expected = neighbours.kneighbors(points / scale)[0][:, 0]
    np.testing.assert_allclose(far.distance(points), expected, rtol=1e-9)
    limit = np.quantile(neighbours.kneighbors(Z / scale)[0][:, 1], 0.99)
    assert far.limit == pytest.approx(limit, rel=1e-9)
    np.testing.assert_array_equal(far(points), expected > limit)
    assert 0 < far(points).sum() < 50


def test_new_samples_of_the_same_kind_are_rarely_far():
    assert FarFromData(RANDOM.normal(size=(3000, 2)))(RANDOM.normal(size=(3000, 2))).mean() < 0.02


def test_a_code_itself_is_never_far_and_one_code_alone_says_nothing():
    assert not FarFromData(Z)(Z).any()
    assert FarFromData(Z).distance(Z).max() == 0
    assert not FarFromData(Z[:1])(Z + 100).any()


def test_codes_of_which_each_has_a_twin():
    far = FarFromData(np.repeat(Z, 2, axis=0))
    assert far.limit == 0
    assert far(Z + 1e-3).all()


def test_many_codes_are_stood_for_by_some():
    far = FarFromData(np.arange(100_000.0)[:, np.newaxis])  # of which every second is kept
    assert far.limit == pytest.approx(2, abs=1.01)
    assert far([[5.5], [100_010]]).tolist() == [False, True]
